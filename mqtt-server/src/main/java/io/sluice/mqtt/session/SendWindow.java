package io.sluice.mqtt.session;

import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.port.LogPartition;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a session has sent and is owed an answer for, and the small buffer behind it. Confined to its loop, pure: no
 * clock, no socket.
 *
 * <pre>
 *   offer ──▶ buffer ──▶ next ─▶ sent(packetId) ──▶ acknowledge
 *               │ full: refused, the session lags            window: at most the peer's Receive Maximum
 * </pre>
 */
final class SendWindow {

    private final int windowMax;
    private final int bufferMessagesMax;
    private final int bufferBytesMax;
    private final InFlightTable inFlight = new InFlightTable();
    private final Deque<Delivery> buffer = new ArrayDeque<>();
    private final Set<Integer> reserved = new HashSet<>();
    private final PacketIds packetIds = new PacketIds(id -> inFlight.contains(id) || reserved.contains(id));
    /** Deliveries of an earlier connection whose PUBLISH was not repeated yet: known, but not owed an answer. */
    private int unsent;

    private int bufferBytes;
    private long nextOrder;

    /**
     * @param windowMax most unacknowledged deliveries [MQTT-3.3.4-9]
     * @param bufferMessagesMax most deliveries that wait
     * @param bufferBytesMax most payload bytes that wait; one message is always taken
     */
    SendWindow(int windowMax, int bufferMessagesMax, int bufferBytesMax) {
        this.windowMax = windowMax;
        this.bufferMessagesMax = bufferMessagesMax;
        this.bufferBytesMax = bufferBytesMax;
    }

    /** Takes what an earlier connection left in flight; it counts against the window once it is sent again. */
    void restore(InFlight delivery) {
        inFlight.add(delivery);
        nextOrder = Math.max(nextOrder, delivery.order + 1);
        delivery.unsent = true;
        unsent++;
    }

    /** The packet id is not given to another delivery, even when its own is finished. */
    void reserve(int packetId) {
        reserved.add(packetId);
    }

    void unreserve(int packetId) {
        reserved.remove(packetId);
    }

    /** A restored delivery was sent again, or its client has gone on with it by itself. */
    void resent(InFlight delivery) {
        assert delivery.unsent;
        delivery.unsent = false;
        unsent--;
    }

    /** Whether another delivery may be sent now. */
    boolean hasRoom() {
        return inFlight.size() - unsent < windowMax;
    }

    /** How many deliveries the window and the buffer take before they are full, at least one. */
    int roomCount() {
        int window = Math.max(0, windowMax - (inFlight.size() - unsent));
        return Math.max(1, window + bufferMessagesMax - buffer.size());
    }

    /** Whether nothing waits and the window has room, so that a delivery may pass the buffer. */
    boolean isStraight() {
        return buffer.isEmpty() && hasRoom();
    }

    /** Buffers a delivery behind those that wait, or refuses when the buffer is full. */
    boolean offer(Delivery delivery) {
        int bytes = delivery.payloadBytes();
        if (buffer.size() >= bufferMessagesMax || (bufferBytes + bytes > bufferBytesMax && !buffer.isEmpty())) {
            return false;
        }
        buffer.addLast(delivery);
        bufferBytes += bytes;
        return true;
    }

    @Nullable
    Delivery peek() {
        return buffer.peekFirst();
    }

    /** Takes the oldest delivery that waits. */
    void poll() {
        bufferBytes -= buffer.removeFirst().payloadBytes();
    }

    /** Takes out of the buffer what is not to be sent any more. */
    void withdraw(Predicate<Delivery> isWithdrawn) {
        buffer.removeIf(delivery -> {
            boolean withdrawn = isWithdrawn.test(delivery);
            bufferBytes -= withdrawn ? delivery.payloadBytes() : 0;
            return withdrawn;
        });
    }

    /** Whether so little waits that a lagging session may read on. */
    boolean isBufferLow() {
        return buffer.size() <= bufferMessagesMax / 2 && bufferBytes <= bufferBytesMax / 2;
    }

    /** Records a delivery as sent, under a packet id of its own. */
    InFlight sent(Delivery delivery) {
        assert hasRoom();
        InFlight sent = InFlight.of(delivery, packetIds.next(), nextOrder);
        nextOrder++;
        inFlight.add(sent);
        return sent;
    }

    @Nullable
    InFlight get(int packetId) {
        return inFlight.get(packetId);
    }

    /** The exchange is finished: the packet id is free again. */
    void finish(int packetId) {
        InFlight finished = inFlight.get(packetId);
        if (finished != null && finished.unsent) {
            resent(finished);
        }
        inFlight.remove(packetId);
    }

    /** Whether something was acknowledged that was sent after what is still in flight. */
    boolean isAcknowledgedAhead() {
        InFlight oldest = inFlight.oldest();
        return oldest != null && oldest.order + inFlight.size() < nextOrder;
    }

    int unsentCount() {
        return unsent;
    }

    int inFlightCount() {
        return inFlight.size();
    }

    /** Everything in flight, in the order in which it was first sent [MQTT-4.6.0-1]. */
    Collection<InFlight> inFlight() {
        return inFlight.inOrder();
    }

    /**
     * The lowest offset of the partition that waits in the buffer and is owed, or {@link Long#MAX_VALUE}. Deliveries at
     * QoS 0 are not owed, and those of a shared subscription not by this session; those from the tail may stand before lower offsets that are read while catching up.
     */
    long lowestBuffered(LogPartition partition) {
        for (Delivery delivery : buffer) {
            boolean isOwed = delivery.qos() != Qos.AT_MOST_ONCE && delivery.handout() == null;
            if (isOwed && partition.equals(delivery.partition())) {
                return delivery.offset();
            }
        }
        return Long.MAX_VALUE;
    }
}
