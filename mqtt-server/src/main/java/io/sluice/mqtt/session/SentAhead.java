package io.sluice.mqtt.session;

import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.SessionState;
import io.sluice.mqtt.port.SessionState.StoredCursor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Deliveries of an earlier connection that were made durable before the cursor that has passed them: reading on from the
 * cursor a session meets them again, and they are not other messages. Confined to its loop, pure.
 */
final class SentAhead {

    private final SendWindow window;
    private final Map<LogPartition, Map<Long, InFlight>> sent = new HashMap<>();

    SentAhead(SendWindow window) {
        this.window = window;
    }

    /** Takes a delivery that was restored, if it is such a one: its packet id is kept for it. */
    void restore(InFlight delivery, Map<LogPartition, StoredCursor> cursors) {
        LogPartition partition = delivery.partition;
        StoredCursor cursor = partition == null ? null : cursors.get(partition);
        boolean isOwn = delivery.share == null;
        if (isOwn && partition != null && (cursor == null || delivery.offset >= cursor.next())) {
            sent.computeIfAbsent(partition, ignored -> new HashMap<>()).put(delivery.offset, delivery);
            window.reserve(delivery.packetId);
        }
    }

    boolean contains(LogPartition partition, long offset) {
        if (sent.isEmpty()) {
            return false;
        }
        Map<Long, InFlight> inPartition = sent.get(partition);
        return inPartition != null && inPartition.containsKey(offset);
    }

    /**
     * Those that are finished and that the cursor has not passed: they are not to be forgotten. Forgets what it has passed.
     *
     * @param positions where the cursors are
     */
    List<SessionState.InFlight> finished(Map<LogPartition, Long> positions) {
        List<SessionState.InFlight> finished = new ArrayList<>();
        sent.forEach((partition, inPartition) -> {
            long position = positions.getOrDefault(partition, 0L);
            inPartition.values().removeIf(delivery -> {
                boolean isPassed = delivery.offset < position;
                boolean isFinished = window.get(delivery.packetId) != delivery;
                if (isPassed) {
                    window.unreserve(delivery.packetId);
                } else if (isFinished && delivery.qos == Qos.EXACTLY_ONCE) {
                    delivery.state = InFlight.State.RELEASED;
                    finished.add(delivery.stored());
                }
                return isPassed;
            });
        });
        sent.values().removeIf(Map::isEmpty);
        return finished;
    }
}
