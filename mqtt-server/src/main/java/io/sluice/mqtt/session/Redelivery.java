package io.sluice.mqtt.session;

import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.port.Egress;
import io.sluice.mqtt.port.LogBatch;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.LogRecord;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.PartitionGoneException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;

/**
 * Fetches from the log the messages that an earlier connection sent and that were not acknowledged, to send them again
 * in their order [MQTT-4.6.0-1]. The window bounds how many there are. Confined to the session's loop.
 */
final class Redelivery {

    private static final Logger log = LoggerFactory.getLogger(Redelivery.class);
    private static final Duration AFTER_ERROR = Duration.ofSeconds(1);

    private final Loop loop;
    private final Egress egress;
    private final int bytesMax;
    private final List<InFlight> deliveries;
    private final Map<InFlight, Message> messages = new HashMap<>();
    private final Map<LogPartition, TreeSet<Long>> wanted = new HashMap<>();
    private final Done done;
    private @Nullable Disposable read;
    private boolean closed;

    /** Told, on the loop, when everything was fetched. */
    interface Done {
        /** Null stands for a message that the log does not hold any more. */
        void onFetched(InFlight delivery, @Nullable Message message);

        void onDone();
    }

    Redelivery(Loop loop, Egress egress, int bytesMax, List<InFlight> deliveries, Done done) {
        this.loop = loop;
        this.egress = egress;
        this.bytesMax = bytesMax;
        this.deliveries = new ArrayList<>(deliveries);
        this.done = done;
        for (InFlight delivery : deliveries) {
            if (delivery.retained != null) {
                messages.put(delivery, delivery.retained);
            } else if (delivery.partition != null && delivery.state == InFlight.State.SENT) {
                wanted.computeIfAbsent(delivery.partition, ignored -> new TreeSet<>())
                        .add(delivery.offset);
            }
        }
    }

    void start() {
        fetchNext();
    }

    private void fetchNext() {
        if (closed) {
            return;
        }
        wanted.values().removeIf(TreeSet::isEmpty);
        if (wanted.isEmpty()) {
            deliveries.forEach(delivery -> done.onFetched(delivery, messages.get(delivery)));
            done.onDone();
            return;
        }
        Map.Entry<LogPartition, TreeSet<Long>> next =
                wanted.entrySet().iterator().next();
        long offset = next.getValue().first();
        read = egress.read(next.getKey(), offset, bytesMax)
                .subscribe(
                        batch -> loop.execute(() -> onBatch(batch, offset)),
                        error -> loop.execute(() -> onError(next.getKey(), error)));
    }

    private void onBatch(LogBatch batch, long asked) {
        TreeSet<Long> offsets = wanted.get(batch.partition());
        if (closed || offsets == null) {
            return;
        }
        for (LogRecord record : batch.records()) {
            if (offsets.remove(record.offset())) {
                found(batch.partition(), record);
            }
        }
        // What the stretch covers and does not hold is gone: compacted, or deleted by retention. An empty stretch at
        // the offset itself says the same, as the record was below the stable offset when it was sent.
        offsets.headSet(Math.max(batch.to(), asked + 1), false).clear();
        fetchNext();
    }

    private void found(LogPartition partition, LogRecord record) {
        for (InFlight delivery : deliveries) {
            if (delivery.offset == record.offset() && partition.equals(delivery.partition)) {
                messages.put(delivery, record.message());
            }
        }
    }

    private void onError(LogPartition partition, Throwable error) {
        if (error instanceof PartitionGoneException) {
            wanted.remove(partition);
            fetchNext();
            return;
        }
        log.atWarn().setCause(error).log("Fetching unacknowledged messages failed, it is tried again");
        loop.schedule(AFTER_ERROR, this::fetchNext);
    }

    void close() {
        closed = true;
        if (read != null) {
            read.dispose();
        }
    }
}
