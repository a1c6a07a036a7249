package io.sluice.app.it;

import static io.sluice.app.it.Protocol.MQTT_3_1_1;
import static io.sluice.app.it.Protocol.MQTT_5;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Receive Maximum, Maximum Packet Size and topic aliases, both ways (MQTT 5, sections 3.1.2.11, 3.2.2.3, 4.9). */
@ExtendWith(SluiceExtension.class)
final class FlowControlIT {

    private static final int RECEIVE_MAXIMUM_EXCEEDED = 0x93;
    private static final int TOPIC_ALIAS_INVALID = 0x94;
    private static final int PACKET_TOO_LARGE = 0x95;

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }

    // ---- Receive Maximum ------------------------------------------------------------------------------------------

    @Test
    void connAckSaysWhatIsGranted(RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.connect(MQTT_5)) {
            ReceivedProperties granted = client.connAck().properties();

            assertThat(granted.number(Property.RECEIVE_MAXIMUM)).isEqualTo(RunningSluice.RECEIVE_MAXIMUM);
            assertThat(granted.number(Property.TOPIC_ALIAS_MAXIMUM)).isEqualTo(RunningSluice.TOPIC_ALIAS_MAXIMUM);
            assertThat(granted.number(Property.MAXIMUM_PACKET_SIZE)).isEqualTo(RunningSluice.PACKET_SIZE_MAX);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aSubscriberGetsNoMoreThanItTakes(int qos, RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient subscriber = sluice.connect(
                        MQTT_5, sluice.unique("s"), connect -> connect.with(Property.receiveMaximum(1)));
                RawClient publisher = sluice.connect(MQTT_5)) {
            subscriber.subscribe(topic, qos);
            List<String> sent = numbers(50);
            for (String payload : sent) {
                publisher.publish(topic, payload, qos, false);
            }

            List<String> received = new ArrayList<>();
            for (int i = 0; i < sent.size(); i++) {
                ReceivedMessage message = subscriber.unacknowledged();
                // Had it been sent a second one, it would come before the answer to the ping.
                subscriber.send(Wire.pingReq());
                assertThat(subscriber.next().type()).isEqualTo(Wire.PINGRESP);
                received.add(message.payload());
                acknowledge(subscriber, message);
            }

            assertThat(received).isEqualTo(sent);
        }
    }

    private static void acknowledge(RawClient client, ReceivedMessage message) throws IOException {
        if (message.qos() == 1) {
            client.send(Wire.answer(Wire.PUBACK, message.packetId()));
        } else {
            client.send(Wire.answer(Wire.PUBREC, message.packetId()));
            client.assertAnswered(Wire.PUBREL, message.packetId());
            client.send(Wire.answer(Wire.PUBCOMP, message.packetId()));
        }
    }

    @Test
    void aSubscriberThatComesBackWithLessGetsNoMoreThanThat(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        String clientId = sluice.unique("s");
        RawClient before = sluice.connect(MQTT_5, clientId, Connect::persistent);
        before.subscribe(topic, 1);
        for (String payload : numbers(12)) {
            before.publish(topic, payload);
        }
        before.unacknowledged();
        before.breakOff();

        try (RawClient back =
                sluice.connect(MQTT_5, clientId, connect -> connect.persistent().with(Property.receiveMaximum(1)))) {
            List<String> received = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                ReceivedMessage message = back.unacknowledged();
                back.send(Wire.pingReq());
                assertThat(back.next().type()).isEqualTo(Wire.PINGRESP);
                received.add(message.payload());
                acknowledge(back, message);
            }

            assertThat(received).isEqualTo(numbers(12));
        }
    }

    @Test
    void aPublisherThatSendsMoreThanWeTakeIsDisconnected(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient publisher = sluice.connect(MQTT_5)) {
            // QoS 2 that is never released: each of them stays outstanding.
            for (int id = 1; id <= RunningSluice.RECEIVE_MAXIMUM; id++) {
                publisher.send(publisher.publication(topic, "x", 2, false, id));
                publisher.assertAnswered(Wire.PUBREC, id);
            }

            publisher.send(publisher.publication(topic, "x", 2, false, 1_000));

            publisher.assertDisconnected(RECEIVE_MAXIMUM_EXCEEDED);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aPublisherThatKeepsToItIsNeverDisconnected(int qos, RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        int count = 1_000;
        try (RawClient publisher = sluice.connect(MQTT_5)) {
            int sent = 0;
            int completed = 0;
            while (completed < count) {
                while (sent < count && sent - completed < RunningSluice.RECEIVE_MAXIMUM) {
                    sent++;
                    // Spread over the partitions, whose answers overtake one another.
                    publisher.send(publisher.publication(topic + "/" + sent % 7, "x", qos, false, sent));
                }
                ReceivedPacket answer = publisher.next();
                assertThat(answer.type()).as("type of " + answer).isNotEqualTo(Wire.DISCONNECT);
                if (answer.type() == Wire.PUBREC) {
                    publisher.send(Wire.answer(Wire.PUBREL, answer.packetId()));
                } else {
                    completed++;
                }
            }

            publisher.settled();
        }
    }

    @Test
    void anMqtt3PublisherMaySendWhatItLikesAtOnce(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        int count = 5 * RunningSluice.RECEIVE_MAXIMUM;
        try (RawClient publisher = sluice.connect(MQTT_3_1_1)) {
            byte[][] burst = IntStream.rangeClosed(1, count)
                    .mapToObj(id -> publisher.publication(topic, "x", 1, false, id))
                    .toArray(byte[][]::new);

            publisher.send(burst);

            for (int id = 1; id <= count; id++) {
                publisher.assertAnswered(Wire.PUBACK, id);
            }
        }
    }

    // ---- Maximum Packet Size --------------------------------------------------------------------------------------

    @Test
    void whatIsTooLargeForOneSubscriberReachesTheOthers(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        String large = "x".repeat(500);
        try (RawClient small = sluice.connect(
                        MQTT_5, sluice.unique("s"), connect -> connect.with(Property.maximumPacketSize(200)));
                RawClient roomy = sluice.connect(MQTT_5);
                RawClient publisher = sluice.connect(MQTT_5)) {
            small.subscribe(topic, 1);
            roomy.subscribe(topic, 1);

            publisher.publish(topic, large);
            publisher.publish(topic, "end");

            assertThat(small.payloadsUntil("end")).isEmpty();
            assertThat(roomy.payloadsUntil("end")).containsExactly(large);
        }
    }

    @Test
    void whatFitsExactlyIsDelivered(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        int size = 200;
        try (RawClient small = sluice.connect(
                        MQTT_5, sluice.unique("s"), connect -> connect.with(Property.maximumPacketSize(size)));
                RawClient publisher = sluice.connect(MQTT_5)) {
            small.subscribe(topic, 1);
            String exact = "x".repeat(size - publisher.publication(topic, "", 1, false, 1).length - 1);
            assertThat(publisher.publication(topic, exact, 1, false, 1)).hasSize(size);

            publisher.publish(topic, exact);
            publisher.publish(topic, exact + "x");
            publisher.publish(topic, "end");

            assertThat(small.payloadsUntil("end")).containsExactly(exact);
        }
    }

    @Test
    void whatHasBecomeTooLargeIsNotSentAgain(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        String clientId = sluice.unique("s");
        RawClient before = sluice.connect(MQTT_5, clientId, Connect::persistent);
        before.subscribe(topic, 1);
        before.publish(topic, "x".repeat(500)).publish(topic, "end");
        before.unacknowledged();
        before.unacknowledged();
        before.breakOff();

        try (RawClient back = sluice.connect(
                MQTT_5, clientId, connect -> connect.persistent().with(Property.maximumPacketSize(200)))) {

            assertThat(back.payloadsUntil("end")).isEmpty();
        }
    }

    @Test
    void aPacketThatIsTooLargeForUsIsRefusedBeforeItHasArrived(RunningSluice sluice) throws IOException {
        try (RawClient publisher = sluice.connect(MQTT_5)) {
            publisher.send(Wire.join(Wire.u8(Wire.PUBLISH), Wire.varint(RunningSluice.PACKET_SIZE_MAX)));

            publisher.assertDisconnected(PACKET_TOO_LARGE);
        }
    }

    @Test
    void thePacketOfExactlyOurSizePasses(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient client = sluice.connect(MQTT_5)) {
            client.subscribe(topic, 0);
            int overhead = client.publication(topic, "", 1, false, 1).length + 2;
            String payload = "x".repeat(RunningSluice.PACKET_SIZE_MAX - overhead);
            assertThat(client.publication(topic, payload, 1, false, 1)).hasSize(RunningSluice.PACKET_SIZE_MAX);

            client.publish(topic, payload);

            assertThat(client.message().payload()).isEqualTo(payload);
        }
    }

    // ---- topic aliases --------------------------------------------------------------------------------------------

    @Test
    void aPublishersAliasStandsForItsTopic(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient client = sluice.connect(MQTT_5)) {
            client.subscribe(topic + "/#", 0);

            client.publish(topic + "/a", "1", 1, false, Property.topicAlias(16));
            client.publish("", "2", 1, false, Property.topicAlias(16));
            client.publish(topic + "/b", "3", 1, false, Property.topicAlias(16));
            client.publish("", "4", 1, false, Property.topicAlias(16));

            assertThat(List.of(client.message(), client.message(), client.message(), client.message()))
                    .extracting(message -> message.topic() + " " + message.payload())
                    .containsExactlyInAnyOrder(topic + "/a 1", topic + "/a 2", topic + "/b 3", topic + "/b 4");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 17, 65_535})
    void anAliasBeyondTheMaximumEndsTheConnection(int alias, RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.connect(MQTT_5)) {
            client.send(client.publication(sluice.topic(), "x", 0, false, 0, Property.topicAlias(alias)));

            client.assertDisconnected(TOPIC_ALIAS_INVALID);
        }
    }

    @Test
    void anAliasOfAnEarlierConnectionMeansNothing(RunningSluice sluice) throws IOException {
        String clientId = sluice.unique("p");
        RawClient before = sluice.connect(MQTT_5, clientId, Connect::persistent);
        before.publish(sluice.topic(), "x", 1, false, Property.topicAlias(1));
        before.disconnect();
        try (RawClient after = sluice.connect(MQTT_5, clientId, Connect::persistent)) {

            after.send(after.publication("", "x", 1, false, 1, Property.topicAlias(1)));

            after.assertDisconnected(TOPIC_ALIAS_INVALID);
        }
    }

    @Test
    void aSubscriberWithAliasesIsSentEachTopicOnce(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient client =
                sluice.connect(MQTT_5, sluice.unique("s"), connect -> connect.with(Property.topicAliasMaximum(1)))) {
            client.subscribe(topic + "/#", 1);

            client.publish(topic + "/a", "1");
            client.publish(topic + "/a", "2");
            client.publish(topic + "/b", "3");

            ReceivedMessage first = client.message();
            assertThat(first.topic()).isEqualTo(topic + "/a");
            assertThat(first.properties().number(Property.TOPIC_ALIAS)).isEqualTo(1);
            ReceivedMessage second = client.message();
            assertThat(second.topic()).isEmpty();
            assertThat(second.properties().number(Property.TOPIC_ALIAS)).isEqualTo(1);
            ReceivedMessage third = client.message();
            assertThat(third.topic()).isEqualTo(topic + "/b");
            assertThat(third.properties().has(Property.TOPIC_ALIAS)).isFalse();
        }
    }

    @Test
    void aSubscriberWithoutAliasesIsSentNone(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient client = sluice.connect(MQTT_5)) {
            client.subscribe(topic, 1);

            client.publish(topic, "1");
            client.publish(topic, "2");

            assertThat(client.message().topic()).isEqualTo(topic);
            assertThat(client.message().topic()).isEqualTo(topic);
        }
    }
}
