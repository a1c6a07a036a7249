package io.sluice.app.it;

import static io.sluice.app.it.Protocol.MQTT_3_1_1;
import static io.sluice.app.it.Protocol.MQTT_5;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers to what is published (MQTT 5, sections 4.3 and 4.6). */
@ExtendWith(SluiceExtension.class)
final class AcknowledgementsIT {

    private static final int DUP = 0x08;
    private static final int QOS_2 = 0x04;

    @ParameterizedTest
    @EnumSource
    void aRepeatedQos2PublishIsAnsweredEachTimeAndStoredOnce(Protocol protocol, RunningSluice sluice)
            throws IOException {
        String topic = sluice.topic();
        try (RawClient subscriber = sluice.connect(protocol);
                RawClient publisher = sluice.connect(protocol)) {
            subscriber.subscribe(topic, 2);

            for (int i = 0; i < 5; i++) {
                publisher.send(Wire.publish(protocol, i == 0 ? QOS_2 : QOS_2 | DUP, topic, 9, "once"));
                publisher.assertAnswered(Wire.PUBREC, 9);
            }
            publisher.send(Wire.answer(Wire.PUBREL, 9));
            publisher.assertAnswered(Wire.PUBCOMP, 9);
            publisher.publish(topic, "end");

            assertThat(subscriber.payloadsUntil("end")).containsExactly("once");
        }
    }

    @Test
    void repetitionsThatOvertakeTheAnswerAreStoredOnceAsWell(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        byte[] publish = Wire.publish(MQTT_3_1_1, QOS_2, topic, 9, "once");
        byte[] again = Wire.publish(MQTT_3_1_1, QOS_2 | DUP, topic, 9, "once");
        try (RawClient client = sluice.connect(MQTT_3_1_1)) {
            client.subscribe(topic, 2);

            client.send(publish, again, again, again, again);

            client.assertAnswered(Wire.PUBREC, 9);
            client.send(Wire.answer(Wire.PUBREL, 9));
            client.assertAnswered(Wire.PUBCOMP, 9);
            client.publish(topic, "end");
            assertThat(client.payloadsUntil("end")).containsExactly("once");
        }
    }

    @Test
    void aPacketIdIsFreeAgainAfterPubComp(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient client = sluice.connect(MQTT_5)) {
            client.subscribe(topic, 2);

            for (int i = 0; i < 3; i++) {
                client.send(client.publication(topic, "message " + i, 2, false, 9));
                client.assertAnswered(Wire.PUBREC, 9);
                client.send(Wire.answer(Wire.PUBREL, 9));
                client.assertAnswered(Wire.PUBCOMP, 9);
            }
            client.publish(topic, "end");

            assertThat(client.payloadsUntil("end")).containsExactly("message 0", "message 1", "message 2");
        }
    }

    @ParameterizedTest
    @CsvSource({"MQTT_3_1, 0x00", "MQTT_3_1_1, 0x00", "MQTT_5, 0x92"})
    void aReleaseOfNothingIsAnswered(Protocol protocol, int code, RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.connect(protocol)) {

            client.send(Wire.answer(Wire.PUBREL, 77));

            ReceivedPacket answer = client.next();
            assertThat(answer.type()).isEqualTo(Wire.PUBCOMP);
            assertThat(answer.packetId()).isEqualTo(77);
            assertThat(answer.reasonCode()).isEqualTo(code);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void answersLeaveInTheOrderOfTheMessages(int qos, RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        int count = RunningSluice.RECEIVE_MAXIMUM;
        try (RawClient client = sluice.connect(MQTT_5)) {
            // Each of them on a topic of its own, so that they spread over the partitions.
            byte[][] burst = IntStream.rangeClosed(1, count)
                    .mapToObj(id -> client.publication(topic + "/" + id, "x", qos, false, id))
                    .toArray(byte[][]::new);

            client.send(burst);

            for (int id = 1; id <= count; id++) {
                client.assertAnswered(qos == 1 ? Wire.PUBACK : Wire.PUBREC, id);
            }
        }
    }

    @Test
    void answersToDifferentQosLeaveInTheOrderOfTheMessages(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient client = sluice.connect(MQTT_3_1_1)) {
            client.send(
                    client.publication(topic + "/a", "x", 2, false, 1),
                    client.publication(topic + "/b", "x", 1, false, 2),
                    client.publication(topic + "/c", "x", 2, false, 3),
                    client.publication(topic + "/d", "x", 1, false, 4));

            assertThat(IntStream.of(
                            client.next().packetId(),
                            client.next().packetId(),
                            client.next().packetId(),
                            client.next().packetId()))
                    .containsExactly(1, 2, 3, 4);
        }
    }

    @Test
    void answersToUnknownPacketIdsAreHarmless(RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.connect(MQTT_3_1_1)) {

            client.send(Wire.answer(Wire.PUBACK, 5), Wire.answer(Wire.PUBCOMP, 6));

            client.settled();
        }
    }

    @Test
    void aSubscriberMayRefuseAMessageAndGetsTheNext(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient client =
                sluice.connect(MQTT_5, sluice.unique("s"), connect -> connect.with(Property.receiveMaximum(1)))) {
            client.subscribe(topic, 2);
            client.publish(topic, "refused", 2, false);
            client.publish(topic, "taken", 2, false);
            ReceivedMessage refused = client.unacknowledged();

            client.send(Wire.packet(Wire.PUBREC, Wire.u16(refused.packetId()), Wire.u8(0x83)));

            assertThat(client.message().payload()).isEqualTo("taken");
        }
    }
}
