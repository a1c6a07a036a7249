package io.sluice.mqtt.connection;

import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.port.PublishOutcome;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Lets PUBACK and PUBREC leave in the order of the PUBLISHes, in whatever order their outcomes come [MQTT-4.6.0-2, -3].
 * Confined to its loop; bounded by twice the Receive Maximum, which the connection enforces.
 */
final class AckOrder {

    /** A PUBLISH whose answer is owed. */
    static final class Pending {
        final int packetId;
        final Qos qos;
        final long startNanos;
        private @Nullable PublishOutcome outcome;

        private Pending(int packetId, Qos qos, long startNanos) {
            this.packetId = packetId;
            this.qos = qos;
            this.startNanos = startNanos;
        }
    }

    /** Writes the answers. */
    interface Answers {
        void answer(Pending pending, PublishOutcome outcome);
    }

    private final Deque<Pending> queue = new ArrayDeque<>();
    private int atLeastOnceCount;

    Pending add(int packetId, Qos qos, long nanoTime) {
        Pending pending = new Pending(packetId, qos, nanoTime);
        atLeastOnceCount += qos == Qos.AT_LEAST_ONCE ? 1 : 0;
        queue.addLast(pending);
        return pending;
    }

    /** The outcome of one has come: answers it, and those behind it that waited for it. */
    void complete(Pending pending, PublishOutcome outcome, Answers answers) {
        pending.outcome = outcome;
        for (Pending head = queue.peekFirst(); head != null; head = queue.peekFirst()) {
            PublishOutcome known = head.outcome;
            if (known == null) {
                return;
            }
            queue.removeFirst();
            atLeastOnceCount -= head.qos == Qos.AT_LEAST_ONCE ? 1 : 0;
            answers.answer(head, known);
        }
    }

    /** Whether the answer to this packet id is still owed, be it that it waits for an earlier one. */
    boolean isOwed(int packetId) {
        return queue.stream().anyMatch(pending -> pending.packetId == packetId);
    }

    int size() {
        return queue.size();
    }

    /** How many of them are at QoS 1: with their answer they are done with. */
    int atLeastOnceCount() {
        return atLeastOnceCount;
    }
}
