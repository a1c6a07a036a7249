package io.sluice.app.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.mqtt.port.Failpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A subscriber whose server halts: RELIABILITY.md O1-1 to O2-5. */
final class HaltedSubscriber {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String SUBSCRIBER = "subscriber";

    private HaltedSubscriber() {}

    private static List<ReceivedMessage> take(RawClient client, int count) throws IOException {
        List<ReceivedMessage> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            messages.add(client.unacknowledged());
        }
        return messages;
    }

    private static List<ReceivedMessage> messages(List<ReceivedPacket> packets) {
        return packets.stream()
                .filter(packet -> packet.type() == Wire.PUBLISH)
                .map(ReceivedPacket::message)
                .toList();
    }

    /** Sent again as they were, with DUP, in the same order. */
    private static void assertSentAgain(List<ReceivedMessage> again, List<ReceivedMessage> first) {
        assertThat(again).allMatch(ReceivedMessage::dup);
        assertThat(again)
                .extracting(ReceivedMessage::packetId)
                .isEqualTo(first.stream().map(ReceivedMessage::packetId).toList());
        assertThat(again)
                .extracting(ReceivedMessage::payload)
                .isEqualTo(first.stream().map(ReceivedMessage::payload).toList());
    }

    private static void assertNextIs(HaltCase at, RawClient client, String payload) throws IOException {
        at.publish(at.topic(), 1, payload);
        assertThat(client.message().payload()).isEqualTo(payload);
    }

    static void writtenAtLeastOnce(HaltCase at) throws Exception {
        at.subscribe(SUBSCRIBER, at.topic(), 1);
        at.publish(at.topic(), 1, "a", "b", "c");
        at.arm();
        try (RawClient client = at.resumePresent(SUBSCRIBER)) {

            List<ReceivedMessage> first = messages(HaltCase.untilClosed(client));

            at.awaitHalt();
            assertThat(first).isNotEmpty();
        }
        try (RawClient client = at.resumePresent(SUBSCRIBER)) {
            List<ReceivedMessage> again = take(client, 3);
            assertThat(again).extracting(ReceivedMessage::payload).containsExactly("a", "b", "c");
            assertThat(again).extracting(ReceivedMessage::packetId).doesNotHaveDuplicates();
            acknowledge(client, again);
            assertNextIs(at, client, "d");
        }
    }

    static void rememberedAtLeastOnce(HaltCase at) throws Exception {
        at.subscribe(SUBSCRIBER, at.topic(), 1);
        at.publish(at.topic(), 1, "a", "b", "c");
        at.arm();
        List<ReceivedMessage> first;
        try (RawClient client = at.resumePresent(SUBSCRIBER)) {
            first = take(client, 3);

            at.awaitHalt();
        }
        assertAllAgain(at, first);
    }

    private static void assertAllAgain(HaltCase at, List<ReceivedMessage> first) throws IOException {
        try (RawClient client = at.resumePresent(SUBSCRIBER)) {
            List<ReceivedMessage> again = take(client, first.size());
            assertSentAgain(again, first);
            acknowledge(client, again);
            assertNextIs(at, client, "d");
        }
    }

    static void acknowledged(HaltCase at) throws Exception {
        at.subscribe(SUBSCRIBER, at.topic(), 1);
        at.publish(at.topic(), 1, "a", "b", "c");
        List<ReceivedMessage> first;
        try (RawClient client = at.resumePresent(SUBSCRIBER)) {
            first = take(client, 3);
            awaitRemembered(at, first);
            at.arm();
            acknowledge(client, first.subList(0, 1));

            at.awaitHalt();
        }
        assertAllAgain(at, first);
    }

    static void acknowledgedAhead(HaltCase at) throws Exception {
        at.subscribe(SUBSCRIBER, at.topic(), 1);
        at.publish(at.topic(), 1, "a", "b", "c");
        List<ReceivedMessage> first;
        try (RawClient client = at.resumePresent(SUBSCRIBER)) {
            first = take(client, 3);
            at.arm();
            acknowledge(client, first.subList(1, 3));

            at.awaitHalt();
        }
        assertAllAgain(at, first.subList(0, 1));
    }

    private static void acknowledge(RawClient client, List<ReceivedMessage> messages) throws IOException {
        byte[][] answers = messages.stream()
                .map(message -> Wire.answer(Wire.PUBACK, message.packetId()))
                .toArray(byte[][]::new);
        client.send(answers);
    }

    /** Until the window is in Kafka: it is written behind. */
    private static void awaitRemembered(HaltCase at, List<ReceivedMessage> messages) {
        int last = messages.get(messages.size() - 1).packetId();
        await().atMost(PATIENCE)
                .until(() -> SessionRecordsInKafka.hasInFlight(at.bootstrapServers(), at.clientIdOf(SUBSCRIBER), last));
    }

    static void exactlyOnce(HaltCase at) throws Exception {
        at.subscribe(SUBSCRIBER, at.topic(), 2);
        at.publish(at.topic(), 2, "a", "b");
        ExactlyOnceReceiver receiver = new ExactlyOnceReceiver();
        at.arm();
        try (RawClient client = at.resumePresent(SUBSCRIBER)) {
            goOnUpTo(at.point(), receiver, client);

            at.awaitHalt();
            receiver.takeUntilClosed(client);
        }
        int packetId = receiver.packetIdOf("a");
        try (RawClient client = at.resumePresent(SUBSCRIBER)) {
            at.publish(at.topic(), 2, "end");
            receiver.goOnUntil(client, "end");
        }
        assertThat(receiver.released()).as("released").containsExactly("a", "b", "end");
        switch (at.point()) {
            case O2_2, O2_3 -> {
                ReceivedMessage again = receiver.published("a");
                assertThat(again.packetId()).isEqualTo(packetId);
                assertThat(again.dup()).isTrue();
            }
            case O2_4, O2_5 -> {
                assertThat(receiver.isPublished("a")).as("PUBLISH after PUBREC").isFalse();
                assertThat(receiver.isReleasedByServer(packetId)).as("PUBREL").isTrue();
            }
            default -> assertThat(receiver.isPublished("a")).as("PUBLISH").isTrue();
        }
    }

    /** As far as the client comes before the server halts; what is on its way then is taken afterwards. */
    private static void goOnUpTo(Failpoint point, ExactlyOnceReceiver receiver, RawClient client) throws IOException {
        if (point == Failpoint.O2_1 || point == Failpoint.O2_2) {
            return;
        }
        ReceivedMessage first = receiver.take(client.unacknowledged());
        assertThat(first.payload()).isEqualTo("a");
        client.send(Wire.answer(Wire.PUBREC, first.packetId()));
        if (point == Failpoint.O2_5) {
            client.assertAnswered(Wire.PUBREL, first.packetId());
            receiver.forget(first.packetId());
            client.send(Wire.answer(Wire.PUBCOMP, first.packetId()));
        }
    }
}
