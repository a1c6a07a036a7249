package io.sluice.app.it;

import static io.sluice.app.it.Protocol.MQTT_5;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rows of docs/reference/failpoints.md at which nothing is to be halted: the client, or the wire, does it. */
@ExtendWith(SluiceExtension.class)
@Timeout(60)
final class ExchangeRowsIT {

    private static RawClient resume(RunningSluice sluice, Protocol protocol, String clientId) throws IOException {
        return sluice.connect(protocol, clientId, Connect::persistent);
    }

    private static List<String> records(RunningSluice sluice, String topic) {
        return new KafkaPrograms(sluice)
                .records(RunningSluice.KAFKA_TOPIC, row -> topic.equals(row.key())).stream()
                        .map(ConsumerRecord::value)
                        .map(String::new)
                        .toList();
    }

    @ParameterizedTest
    @CsvSource({"MQTT_3_1_1, 1", "MQTT_3_1_1, 2", "MQTT_5, 1", "MQTT_5, 2"})
    void aPublishThatIsCutAfterAnyOfItsBytesIsNone(Protocol protocol, int qos, RunningSluice sluice)
            throws IOException {
        String topic = sluice.topic();
        String publisher = sluice.unique("cut");
        int length = Wire.publish(protocol, qos << 1, topic, 7, "100").length;
        List<String> payloads = new ArrayList<>();
        for (int cut = 0; cut < length; cut++) {
            String payload = String.valueOf(100 + cut);
            byte[] publish = Wire.publish(protocol, qos << 1, topic, 7, payload);
            payloads.add(payload);
            try (RawClient client = resume(sluice, protocol, publisher)) {
                client.send(Arrays.copyOf(publish, cut));
                if (cut % 2 == 0) {
                    client.breakOff();
                }
            }
            try (RawClient client = resume(sluice, protocol, publisher)) {
                client.send(HaltCase.again(publish));
                client.assertAnswered(qos == 1 ? Wire.PUBACK : Wire.PUBREC, 7);
                if (qos == 2) {
                    client.send(Wire.answer(Wire.PUBREL, 7));
                    client.assertAnswered(Wire.PUBCOMP, 7);
                }
            }
        }
        assertThat(records(sluice, topic)).isEqualTo(payloads);
    }

    @ParameterizedTest
    @CsvSource({"MQTT_3_1_1, 1", "MQTT_3_1_1, 2", "MQTT_5, 1", "MQTT_5, 2"})
    void whoDiscardsItsStateIsSentNothingOfIt(Protocol protocol, int qos, RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        String clientId = sluice.unique("discarding");
        try (RawClient client = resume(sluice, protocol, clientId)) {
            client.subscribe(topic, qos);
            client.publish(topic, "before", qos, false);
            ReceivedMessage first = client.unacknowledged();
            if (qos == 2) {
                client.send(Wire.answer(Wire.PUBREC, first.packetId()));
                client.assertAnswered(Wire.PUBREL, first.packetId());
            }
            client.breakOff();
        }
        try (RawClient client = sluice.connect(protocol, clientId, connect -> {})) {
            assertThat(client.connAck().isSessionPresent()).isFalse();
            client.subscribe(topic, qos);
            client.publish(topic, "after", qos, false);

            ReceivedPacket next = client.next(Wire.PUBLISH);

            assertThat(next.message().payload()).isEqualTo("after");
            assertThat(next.message().dup()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "2"})
    void aDeliveryThatTheClientRefusedIsNotSentAgain(int qos, RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        String clientId = sluice.unique("refusing");
        try (RawClient client = resume(sluice, MQTT_5, clientId)) {
            client.subscribe(topic, qos);
            client.publish(topic, "refused", qos, false);
            ReceivedMessage refused = client.unacknowledged();
            client.send(Wire.packet(qos == 1 ? Wire.PUBACK : Wire.PUBREC, Wire.u16(refused.packetId()), Wire.u8(0x83)));
            client.settled();
            client.breakOff();
        }
        try (RawClient client = resume(sluice, MQTT_5, clientId)) {
            assertThat(client.connAck().isSessionPresent()).isTrue();
            client.publish(topic, "taken", qos, false);

            assertThat(client.message().payload()).isEqualTo("taken");
        }
    }

    @ParameterizedTest
    @CsvSource({"MQTT_3_1_1, 1", "MQTT_3_1_1, 2", "MQTT_5, 1", "MQTT_5, 2"})
    void whatWasBegunIsFinishedThoughTheClientHasUnsubscribed(Protocol protocol, int qos, RunningSluice sluice)
            throws IOException {
        String topic = sluice.topic();
        String clientId = sluice.unique("unsubscribing");
        ReceivedMessage begun;
        try (RawClient client = resume(sluice, protocol, clientId)) {
            client.subscribe(topic, qos);
            client.publish(topic, "begun", qos, false);
            begun = client.unacknowledged();
            client.unsubscribe(topic);
            client.publish(topic, "after", qos, false);
            client.breakOff();
        }
        try (RawClient client = resume(sluice, protocol, clientId)) {
            ReceivedMessage again = client.message();
            assertThat(again.payload()).isEqualTo("begun");
            assertThat(again.dup()).isTrue();
            assertThat(again.packetId()).isEqualTo(begun.packetId());
            client.subscribe(topic + "/end", qos);
            client.publish(topic + "/end", "end", qos, false);

            assertThat(client.message().payload()).isEqualTo("end");
        }
    }

    @Test
    void aMessageThatIsTooLargeForAClientDoesNotStallIt(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        String clientId = sluice.unique("small");
        try (RawClient client = sluice.connect(
                        MQTT_5, clientId, connect -> connect.persistent().with(Property.maximumPacketSize(60)));
                RawClient publisher = sluice.connect(MQTT_5)) {
            client.subscribe(topic, 1);
            for (int i = 0; i < 50; i++) {
                publisher.publish(topic, "large".repeat(20) + i);
            }
            publisher.publish(topic, "small");

            assertThat(client.message().payload()).isEqualTo("small");
            client.disconnect();
        }
        try (RawClient client = resume(sluice, MQTT_5, clientId)) {
            client.publish(topic, "next");

            assertThat(client.message().payload()).isEqualTo("next");
        }
    }
}
