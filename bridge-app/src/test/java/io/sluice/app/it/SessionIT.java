package io.sluice.app.it;

import static io.sluice.app.it.Protocol.MQTT_3_1_1;
import static io.sluice.app.it.Protocol.MQTT_5;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What outlives a connection, and what does not (MQTT 5, sections 3.1.2.4, 3.1.2.11.2, 4.1, 4.4). */
@ExtendWith(SluiceExtension.class)
final class SessionIT {

    private static final int SESSION_TAKEN_OVER = 0x8E;
    private static final int KEEP_ALIVE_TIMEOUT = 0x8D;
    private static final int NO_SUBSCRIPTION_EXISTED = 0x11;

    @ParameterizedTest
    @CsvSource({"MQTT_3_1, 1", "MQTT_3_1, 2", "MQTT_3_1_1, 1", "MQTT_3_1_1, 2", "MQTT_5, 1", "MQTT_5, 2"})
    void whatIsPublishedWhileAwayIsDeliveredInOrder(Protocol protocol, int qos, RunningSluice sluice)
            throws IOException {
        String topic = sluice.topic();
        String clientId = sluice.unique("s");
        List<String> sent = IntStream.range(0, 30).mapToObj(Integer::toString).toList();
        RawClient before = sluice.connect(protocol, clientId, Connect::persistent);
        before.subscribe(topic, qos);
        before.disconnect();
        try (RawClient publisher = sluice.connect(protocol)) {
            for (String payload : sent) {
                publisher.publish(topic, payload, qos, false);
            }
            publisher.publish(topic, "end");
        }

        try (RawClient back = sluice.connect(protocol, clientId, Connect::persistent)) {

            if (protocol != Protocol.MQTT_3_1) {
                assertThat(back.connAck().isSessionPresent()).isTrue();
            }
            assertThat(back.payloadsUntil("end")).isEqualTo(sent);
        }
    }

    @Test
    void whatWasNotAcknowledgedIsSentAgain(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        String clientId = sluice.unique("s");
        RawClient before = sluice.connect(MQTT_5, clientId, Connect::persistent);
        before.subscribe(topic, 1);
        before.publish(topic, "1").publish(topic, "2");
        ReceivedMessage first = before.unacknowledged();
        ReceivedMessage second = before.unacknowledged();
        before.breakOff();

        try (RawClient back = sluice.connect(MQTT_5, clientId, Connect::persistent)) {

            assertThat(List.of(back.message(), back.message()))
                    .extracting(ReceivedMessage::payload, ReceivedMessage::dup, ReceivedMessage::packetId)
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple("1", true, first.packetId()),
                            org.assertj.core.groups.Tuple.tuple("2", true, second.packetId()));
        }
    }

    @Test
    void aRetainedMessageThatWasNotAcknowledgedIsSentAgainAsRetained(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        String clientId = sluice.unique("s");
        RawClient before = sluice.connect(MQTT_5, clientId, Connect::persistent);
        before.publish(topic, "kept", 1, true);
        before.subscribe(topic, 1);
        before.unacknowledged();
        before.breakOff();

        try (RawClient back = sluice.connect(MQTT_5, clientId, Connect::persistent)) {

            ReceivedMessage again = back.message();
            assertThat(again.payload()).isEqualTo("kept");
            assertThat(again.retain()).isTrue();
            assertThat(again.dup()).isTrue();
        }
    }

    @Test
    void whatIsPublishedWhileAwayIsInOrderForEachTopicOverAllPartitions(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        String clientId = sluice.unique("s");
        RawClient before = sluice.connect(MQTT_5, clientId, Connect::persistent);
        before.subscribe(topic + "/+", 1);
        before.disconnect();
        try (RawClient publisher = sluice.connect(MQTT_5)) {
            for (int i = 0; i < 120; i++) {
                publisher.publish(topic + "/" + i % 12, Integer.toString(i / 12));
            }
        }

        try (RawClient back = sluice.connect(MQTT_5, clientId, Connect::persistent)) {
            Map<String, List<String>> byTopic = new HashMap<>();
            for (int i = 0; i < 120; i++) {
                ReceivedMessage message = back.message();
                byTopic.computeIfAbsent(message.topic(), name -> new ArrayList<>())
                        .add(message.payload());
            }

            List<String> inOrder =
                    IntStream.range(0, 10).mapToObj(Integer::toString).toList();
            assertThat(byTopic).hasSize(12);
            assertThat(byTopic.values())
                    .allSatisfy(payloads -> assertThat(payloads).isEqualTo(inOrder));
        }
    }

    @Test
    void aSubscriptionThatWasEndedIsNotResumed(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        String clientId = sluice.unique("s");
        RawClient before = sluice.connect(MQTT_5, clientId, Connect::persistent);
        before.subscribe(topic + "/a", 1);
        before.subscribe(topic + "/b", 1);
        before.unsubscribe(topic + "/a");
        before.disconnect();
        try (RawClient publisher = sluice.connect(MQTT_5)) {
            publisher.publish(topic + "/a", "unwanted").publish(topic + "/b", "end");
        }

        try (RawClient back = sluice.connect(MQTT_5, clientId, Connect::persistent)) {

            assertThat(back.payloadsUntil("end")).isEmpty();
        }
    }

    @Test
    void aReleasedMessageIsReleasedAgainAndNotSentAgain(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        String clientId = sluice.unique("s");
        RawClient before = sluice.connect(MQTT_5, clientId, Connect::persistent);
        before.subscribe(topic, 2);
        before.publish(topic, "1", 2, false);
        ReceivedMessage message = before.unacknowledged();
        before.send(Wire.answer(Wire.PUBREC, message.packetId()));
        before.assertAnswered(Wire.PUBREL, message.packetId());
        before.breakOff();

        try (RawClient back = sluice.connect(MQTT_5, clientId, Connect::persistent)) {

            back.assertAnswered(Wire.PUBREL, message.packetId());
            back.send(Wire.answer(Wire.PUBCOMP, message.packetId()));
            back.publish(topic, "end");
            assertThat(back.payloadsUntil("end")).isEmpty();
        }
    }

    @Test
    void aQos2PublicationIsGoneOnWithAfterResuming(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        String clientId = sluice.unique("p");
        try (RawClient subscriber = sluice.connect(MQTT_5)) {
            subscriber.subscribe(topic, 2);
            RawClient before = sluice.connect(MQTT_5, clientId, Connect::persistent);
            before.send(before.publication(topic, "once", 2, false, 7));
            before.assertAnswered(Wire.PUBREC, 7);
            before.breakOff();

            try (RawClient back = sluice.connect(MQTT_5, clientId, Connect::persistent)) {
                back.send(
                        Wire.packet(Wire.PUBLISH | 0x0C, Wire.text(topic), Wire.u16(7), Wire.u8(0), new byte[] {'o'}));
                back.assertAnswered(Wire.PUBREC, 7);
                back.send(Wire.answer(Wire.PUBREL, 7));
                back.assertAnswered(Wire.PUBCOMP, 7);
                back.publish(topic, "end");
            }

            assertThat(subscriber.payloadsUntil("end")).containsExactly("once");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCleanStartDiscardsWhatWasThere(Protocol protocol, RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        String clientId = sluice.unique("s");
        RawClient before = sluice.connect(protocol, clientId, Connect::persistent);
        before.subscribe(topic, 1);
        before.disconnect();

        try (RawClient anew = sluice.connect(protocol, clientId, connect -> {})) {
            anew.publish(topic, "lost");
            anew.subscribe(topic, 1);
            anew.publish(topic, "end");

            assertThat(anew.connAck().isSessionPresent()).isFalse();
            assertThat(anew.payloadsUntil("end")).isEmpty();
        }
    }

    @Test
    void aSessionWithoutExpiryEndsWithItsConnection(RunningSluice sluice) throws IOException {
        String clientId = sluice.unique("s");
        sluice.connect(MQTT_5, clientId, Connect::resume).disconnect();

        try (RawClient back = sluice.connect(MQTT_5, clientId, Connect::resume)) {

            assertThat(back.connAck().isSessionPresent()).isFalse();
        }
    }

    @Test
    void aSessionEndsWhenItsExpiryHasPassed(RunningSluice sluice) throws IOException {
        String clientId = sluice.unique("s");
        double before = sluice.metric("sluice.session.events", "event", "expired");
        sluice.connect(MQTT_5, clientId, connect -> connect.resume().with(Property.sessionExpiry(1)))
                .disconnect();
        Awaitility.await().untilAsserted(() -> assertThat(sluice.metric("sluice.session.events", "event", "expired"))
                .isGreaterThan(before));

        try (RawClient back = sluice.connect(MQTT_5, clientId, Connect::persistent)) {

            assertThat(back.connAck().isSessionPresent()).isFalse();
        }
    }

    @Test
    void aGoodbyeMayEndTheSession(RunningSluice sluice) throws IOException {
        String clientId = sluice.unique("s");
        sluice.connect(MQTT_5, clientId, Connect::persistent)
                .disconnect(Wire.packet(Wire.DISCONNECT, Wire.u8(0), Wire.properties(Property.sessionExpiry(0))));

        try (RawClient back = sluice.connect(MQTT_5, clientId, Connect::persistent)) {

            assertThat(back.connAck().isSessionPresent()).isFalse();
        }
    }

    @Test
    void aTakenOverClientIsToldAndItsSessionGoesOn(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        String clientId = sluice.unique("s");
        try (RawClient old = sluice.connect(MQTT_5, clientId, Connect::persistent)) {
            old.subscribe(topic, 1);

            try (RawClient successor = sluice.connect(MQTT_5, clientId, Connect::persistent)) {
                old.assertDisconnected(SESSION_TAKEN_OVER);
                assertThat(successor.connAck().isSessionPresent()).isTrue();
                successor.publish(topic, "21.5");
                assertThat(successor.message().payload()).isEqualTo("21.5");
            }
        }
    }

    @Test
    void anMqtt3ClientThatIsTakenOverIsJustClosed(RunningSluice sluice) throws IOException {
        String clientId = sluice.unique("s");
        try (RawClient old = sluice.connect(MQTT_3_1_1, clientId, connect -> {});
                RawClient successor = sluice.connect(MQTT_5, clientId, connect -> {})) {

            old.assertClosed();
            successor.settled();
        }
    }

    @Test
    void theLastOfManyThatTakeOverRemains(RunningSluice sluice) throws IOException {
        String clientId = sluice.unique("s");
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            clients.add(sluice.open().speaks(MQTT_5).send(new Connect(MQTT_5, clientId).bytes()));
        }

        // Which of them comes last is the network's choice. When all are answered, one has it.
        for (RawClient client : clients) {
            client.isAnswered(Wire.CONNACK);
        }
        int alive = 0;
        for (RawClient client : clients) {
            alive += client.isAlive() ? 1 : 0;
            client.close();
        }
        assertThat(alive).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsUnsubscribedIsNoLongerDelivered(Protocol protocol, RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient client = sluice.connect(protocol)) {
            client.subscribe(topic + "/a", 1);
            client.subscribe(topic + "/b", 1);
            client.publish(topic + "/a", "before");
            assertThat(client.message().payload()).isEqualTo("before");

            client.unsubscribe(topic + "/a");
            client.publish(topic + "/a", "after");
            client.publish(topic + "/b", "end");

            assertThat(client.payloadsUntil("end")).isEmpty();
        }
    }

    @Test
    void unsubscribingFromNothingSaysSo(RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.connect(MQTT_5)) {

            ReceivedPacket answer = client.unsubscribe(sluice.topic());

            assertThat(answer.codes()).containsExactly(NO_SUBSCRIPTION_EXISTED);
        }
    }

    @Test
    void aClientWithoutIdIsTold(RunningSluice sluice) throws IOException {
        try (RawClient first = sluice.connect(MQTT_5, "", connect -> {});
                RawClient second = sluice.connect(MQTT_5, "", connect -> {})) {

            assertThat(first.connAck().properties().text(Property.ASSIGNED_CLIENT_ID))
                    .isNotEmpty()
                    .isNotEqualTo(second.connAck().properties().text(Property.ASSIGNED_CLIENT_ID));
        }
    }

    @Test
    void aPingIsAnswered(RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.connect(MQTT_3_1_1)) {

            client.send(Wire.pingReq());

            assertThat(client.next().type()).isEqualTo(Wire.PINGRESP);
        }
    }

    @Test
    void silenceOfOneAndAHalfKeepAlivesEndsTheConnection(RunningSluice sluice) throws IOException {
        long start = System.nanoTime();
        try (RawClient client = sluice.connect(MQTT_5, sluice.unique("k"), connect -> connect.keepAliveSeconds(1))) {

            client.assertDisconnected(KEEP_ALIVE_TIMEOUT);

            assertThat(System.nanoTime() - start).isBetween(1_450_000_000L, 5_000_000_000L);
        }
    }

    @Test
    void whoPingsInTimeStaysConnected(RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.connect(MQTT_3_1_1, sluice.unique("k"), connect -> connect.keepAliveSeconds(1));
                RawClient silent =
                        sluice.connect(MQTT_3_1_1, sluice.unique("k"), connect -> connect.keepAliveSeconds(1))) {

            // As long as it takes until a silent one is closed, which came later.
            Awaitility.await().untilAsserted(() -> {
                client.settled();
                assertThat(silent.isAtEnd()).isTrue();
            });

            client.settled();
        }
    }

    @Test
    void anEndlessExpiryIsCutToWhatWeGrant(RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.connect(
                MQTT_5, sluice.unique("s"), connect -> connect.with(Property.sessionExpiry(0xFFFF_FFFFL)))) {

            assertThat(client.connAck().properties().number(Property.SESSION_EXPIRY))
                    .isEqualTo(java.time.Duration.ofDays(7).toSeconds());
        }
    }

    @Test
    void aSessionCannotBeProlongedByAGoodbyeWhenItHadNoExpiry(RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.connect(MQTT_5)) {

            client.send(Wire.packet(Wire.DISCONNECT, Wire.u8(0), Wire.properties(Property.sessionExpiry(10))));

            client.assertDisconnected(0x82);
        }
    }

    @Test
    void whatWasInFlightFollowsATakeOverInOrder(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        String clientId = sluice.unique("s");
        List<String> sent = IntStream.range(0, 100).mapToObj(Integer::toString).toList();
        try (RawClient publisher = sluice.connect(MQTT_5);
                RawClient old = sluice.connect(MQTT_5, clientId, Connect::persistent)) {
            old.subscribe(topic, 1);
            for (String payload : sent) {
                publisher.publish(topic, payload);
            }
            List<String> received = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                received.add(old.message().payload());
            }
            old.settled();

            try (RawClient successor = sluice.connect(MQTT_5, clientId, Connect::persistent)) {
                publisher.publish(topic, "end");

                received.addAll(successor.payloadsUntil("end"));
                assertThat(received).isEqualTo(sent);
            }
        }
    }
}
