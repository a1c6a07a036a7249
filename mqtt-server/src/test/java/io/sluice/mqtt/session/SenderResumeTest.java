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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A client that comes back, and answers what it got on the earlier connection before that comes again. */
final class SenderResumeTest {

    private static final LogPartition PARTITION = new LogPartition("t", 0);
    private static final Message MESSAGE =
            new Message(TopicName.of("a"), Qos.EXACTLY_ONCE, false, Payload.of("x"), MessageProperties.NONE, null);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final SendWindow window = new SendWindow(1, 10, 1_000);
    private final Wire wire = new Wire();
    private final Sender sender = new Sender(
            new FakeTime().loop(), wire, window, new SessionMeters(registry), (delivery, then) -> then.run(), () -> {});

    private static final class Wire implements Outbound {
        private final List<String> sent = new ArrayList<>();

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
            sent.add((dup ? "PUBLISH again " : "PUBLISH ") + id);
        }

        @Override
        public void pubRel(int packetId, boolean found) {
            sent.add((found ? "PUBREL " : "PUBREL of nothing ") + packetId);
        }

        @Override
        public void flush() {}

        @Override
        public void fail(Throwable bug) {
            throw new AssertionError(bug);
        }
    }

    private InFlight restored(int packetId, Qos qos) {
        InFlight delivery = new InFlight(packetId, PARTITION, packetId, null, qos, packetId);
        window.restore(delivery);
        return delivery;
    }

    private void resend(InFlight delivery) {
        sender.resend(new Sender.Resend(delivery, new OutboundMessage(MESSAGE), false, new int[0]));
    }

    private void offer() {
        sender.offer(new Delivery(
                new OutboundMessage(MESSAGE), PARTITION, 9, Qos.AT_LEAST_ONCE, false, new int[0], DeliverySource.TAIL));
    }

    private double inFlight() {
        sender.flush();
        return registry.get("sluice.deliveries.inflight").gauge().value();
    }

    @Test
    void whatIsAcknowledgedDoesNotComeAgain() {
        resend(restored(1, Qos.AT_LEAST_ONCE));

        assertThat(sender.onPubAck(1)).isTrue();
        sender.pump();

        assertThat(wire.sent).isEmpty();
        assertThat(inFlight()).isZero();
        sender.close();
        assertThat(registry.get("sluice.deliveries.inflight").gauge().value()).isZero();
    }

    @Test
    void itsPacketIdIsAnothersAndTheWindowIsNotLargerThanItWas() {
        resend(restored(1, Qos.AT_LEAST_ONCE));
        sender.onPubAck(1);
        sender.pump();

        offer();
        offer();

        assertThat(wire.sent).hasSize(1);
        assertThat(inFlight()).isEqualTo(1);
        sender.close();
        assertThat(registry.get("sluice.deliveries.inflight").gauge().value()).isZero();
    }

    @Test
    void whatIsReceivedIsReleasedAndDoesNotComeAgain() {
        resend(restored(1, Qos.EXACTLY_ONCE));

        sender.onPubRec(1, false);
        sender.pump();
        assertThat(wire.sent).containsExactly("PUBREL 1");
        assertThat(inFlight()).isEqualTo(1);

        sender.onPubComp(1);
        assertThat(inFlight()).isZero();
        assertThat(window.inFlightCount()).isZero();
    }

    @Test
    void whatIsReceivedWithAnErrorIsOver() {
        resend(restored(1, Qos.EXACTLY_ONCE));

        sender.onPubRec(1, true);
        sender.pump();

        assertThat(wire.sent).isEmpty();
        assertThat(inFlight()).isZero();
        assertThat(window.inFlightCount()).isZero();
    }

    @Test
    void whatIsNotAnsweredComesAgainInItsOrder() {
        InFlight first = restored(1, Qos.AT_LEAST_ONCE);
        InFlight second = restored(2, Qos.EXACTLY_ONCE);
        resend(first);
        resend(second);

        sender.pump();
        assertThat(wire.sent).containsExactly("PUBLISH again 1");
        sender.onPubAck(1);
        sender.pump();

        assertThat(wire.sent).containsExactly("PUBLISH again 1", "PUBLISH again 2");
        assertThat(inFlight()).isEqualTo(1);
    }
}
