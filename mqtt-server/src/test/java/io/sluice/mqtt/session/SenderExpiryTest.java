package io.sluice.mqtt.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.mqtt.fake.FakeTime;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.port.LogPartition;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is sent of a message's life, and when it is not sent at all. */
final class SenderExpiryTest {

    private static final LogPartition PARTITION = new LogPartition("t", 0);

    private final FakeTime time = new FakeTime();
    private final FakeTime.FakeLoop loop = time.loop();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final SendWindow window = new SendWindow(10, 10, 1_000);
    private final Wire wire = new Wire();
    /** What waits to be durable. */
    private final Deque<Runnable> storing = new ArrayDeque<>();

    private final Sender sender = new Sender(
            loop, wire, window, new SessionMeters(registry), (delivery, then) -> storing.add(then), () -> {});
    private long offset;

    /** Remembers the intervals that were sent. */
    private static final class Wire implements Outbound {
        private final List<Long> sent = new ArrayList<>();

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public boolean fits(OutboundMessage message, Qos qos, int[] identifiers) {
            return true;
        }

        @Override
        public void publish(
                OutboundMessage message, boolean dup, Qos qos, boolean retain, int id, int[] ids, long expirySeconds) {
            sent.add(expirySeconds);
        }

        @Override
        public void pubRel(int packetId, boolean found) {}

        @Override
        public void flush() {}

        @Override
        public void fail(Throwable bug) {
            throw new AssertionError(bug);
        }
    }

    private static Message message(long expiryEpochMillis) {
        return new Message(
                TopicName.of("a"),
                Qos.EXACTLY_ONCE,
                false,
                Payload.of("x"),
                new MessageProperties(false, expiryEpochMillis, null, null, null, List.of()),
                null);
    }

    private void offer(Qos qos, long expiryEpochMillis) {
        offset++;
        sender.offer(new Delivery(
                new OutboundMessage(message(expiryEpochMillis)),
                PARTITION,
                offset,
                qos,
                false,
                new int[0],
                DeliverySource.TAIL));
    }

    @Test
    void theRestIsSentInWholeSecondsRoundedUp() {
        offer(Qos.AT_LEAST_ONCE, time.epochMillis() + 10_000);
        offer(Qos.AT_LEAST_ONCE, time.epochMillis() + 9_001);
        offer(Qos.AT_LEAST_ONCE, time.epochMillis() + 1);
        offer(Qos.AT_LEAST_ONCE, MessageProperties.NEVER);

        assertThat(wire.sent).containsExactly(10L, 10L, 1L, -1L);
    }

    @Test
    void whatIsOverIsNotSent() {
        offer(Qos.AT_LEAST_ONCE, time.epochMillis());
        offer(Qos.AT_LEAST_ONCE, 0);

        assertThat(wire.sent).isEmpty();
        assertThat(expired()).isEqualTo(2);
    }

    @Test
    void whatLivesLongerThanMqttCanSayIsSentWithTheLongestInterval() {
        offer(Qos.AT_LEAST_ONCE, Long.MAX_VALUE - 1);
        offer(Qos.AT_LEAST_ONCE, time.epochMillis() + (1L << 32) * 1000);

        assertThat(wire.sent).containsExactly(0xFFFF_FFFFL, 0xFFFF_FFFFL);
    }

    @Test
    void whatExpiresWhileItWaitsToBeDurableIsNotSentAndItsIdIsFree() {
        offer(Qos.EXACTLY_ONCE, time.epochMillis() + 1_000);
        offer(Qos.AT_LEAST_ONCE, time.epochMillis() + 1_000);
        offer(Qos.AT_LEAST_ONCE, time.epochMillis() + 60_000);
        assertThat(window.inFlightCount()).isEqualTo(3);

        time.advance(Duration.ofSeconds(5));
        storing.remove().run();

        assertThat(wire.sent).containsExactly(55L);
        assertThat(expired()).isEqualTo(2);
        assertThat(window.inFlightCount()).isEqualTo(1);
    }

    @Test
    void whatHasBegunGoesToItsEnd() {
        InFlight begun = new InFlight(7, PARTITION, 1, null, Qos.EXACTLY_ONCE, 1);
        window.restore(begun);
        sender.resend(
                new Sender.Resend(begun, new OutboundMessage(message(time.epochMillis() - 1)), false, new int[0]));

        sender.pump();

        assertThat(wire.sent).containsExactly(1L);
    }

    private double expired() {
        return registry.get("sluice.deliveries.discarded")
                .tag("reason", DiscardReason.EXPIRED.id())
                .counter()
                .count();
    }
}
