package io.sluice.mqtt.session;

import io.sluice.mqtt.port.Egress;
import io.sluice.mqtt.port.LogBatch;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.LogRecord;
import io.sluice.mqtt.port.Loop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;

/**
 * Reads a lagging session up to the tail again: one stretch of one partition at a time, partitions in turn, and only
 * while there is room to send. Confined to its loop.
 */
final class CatchUp {

    /** Takes what was read. */
    interface Target {
        /** Whether there is room to send. */
        boolean hasRoom();

        /** Takes a record, if it is for this session; false when the buffer is full. */
        boolean offer(LogPartition partition, LogRecord record);

        /** Sends what was taken. */
        void flush();
    }

    private static final Logger log = LoggerFactory.getLogger(CatchUp.class);
    /** How long to wait when the log has nothing new and the tail is not reached: it is on its way. */
    private static final Duration IDLE = Duration.ofMillis(20);

    private static final Duration AFTER_ERROR = Duration.ofSeconds(1);

    private final Loop loop;
    private final Egress egress;
    private final Cursors cursors;
    private final Target target;
    private final int bytesMax;
    private final SessionMeters meters;
    private final Deque<LogPartition> lagging = new ArrayDeque<>();
    private @Nullable Disposable read;
    private Loop.@Nullable Timer pause;
    private boolean closed;

    CatchUp(Loop loop, Egress egress, Cursors cursors, Target target, int bytesMax, SessionMeters meters) {
        this.loop = loop;
        this.egress = egress;
        this.cursors = cursors;
        this.target = target;
        this.bytesMax = bytesMax;
        this.meters = meters;
    }

    /** The session lags in this partition, its cursor is set. */
    void add(LogPartition partition) {
        if (lagging.isEmpty()) {
            meters.lagging(1);
        }
        lagging.addLast(partition);
    }

    boolean isLagging() {
        return !lagging.isEmpty();
    }

    /** Reads on when there is something to catch up with, and room for it. */
    void readOn() {
        while (read == null && pause == null && !closed && !lagging.isEmpty() && target.hasRoom()) {
            LogPartition partition = lagging.peekFirst();
            PartitionReading reading = cursors.reading(partition);
            if (reading == null || cursors.tryJoin(partition)) {
                leave();
                continue;
            }
            startRead(partition, reading.next);
        }
    }

    private void leave() {
        lagging.removeFirst();
        if (lagging.isEmpty()) {
            meters.lagging(-1);
        }
    }

    private void startRead(LogPartition partition, long from) {
        // Completes later, on the loop: never within subscribe, so that the field is set by then.
        read = egress.read(partition, from, bytesMax)
                .subscribe(
                        batch -> loop.execute(() -> onBatch(batch)),
                        error -> loop.execute(() -> onError(partition, error)));
    }

    private void onBatch(LogBatch batch) {
        read = null;
        PartitionReading reading = cursors.reading(batch.partition());
        if (closed || reading == null) {
            readOn();
            return;
        }
        meters.lost(batch.gap());
        boolean complete = take(batch, reading);
        target.flush();
        lagging.addLast(lagging.removeFirst());
        if (complete && batch.to() == batch.from() && !cursors.tryJoin(batch.partition())) {
            pause(IDLE);
        } else {
            readOn();
        }
    }

    private boolean take(LogBatch batch, PartitionReading reading) {
        for (LogRecord record : batch.records()) {
            if (record.offset() >= reading.next && !target.offer(batch.partition(), record)) {
                reading.next = record.offset();
                return false;
            }
        }
        reading.next = Math.max(reading.next, batch.to());
        return true;
    }

    private void onError(LogPartition partition, Throwable error) {
        read = null;
        log.atWarn()
                .addKeyValue("kafkaTopic", partition.topic())
                .addKeyValue("partition", partition.partition())
                .setCause(error)
                .log("Catching up failed, it is tried again");
        pause(AFTER_ERROR);
    }

    private void pause(Duration duration) {
        if (closed || pause != null) {
            return;
        }
        pause = loop.schedule(duration, () -> {
            pause = null;
            readOn();
        });
    }

    void close() {
        closed = true;
        if (!lagging.isEmpty()) {
            meters.lagging(-1);
            lagging.clear();
        }
        if (read != null) {
            read.dispose();
            read = null;
        }
        if (pause != null) {
            pause.cancel();
            pause = null;
        }
    }
}
