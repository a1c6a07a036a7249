package io.sluice.mqtt.session;

import io.sluice.mqtt.port.LogPartition;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a session stands in the partitions that it reads. As a rule nowhere of its own: it follows the tail of its loop.
 * Only a partition in which it lags, or in which it has read past the tail, has an entry. Confined to its loop.
 */
final class Cursors {

    private final TailPositions tails;
    private final Map<LogPartition, PartitionReading> readings = new HashMap<>();

    Cursors(TailPositions tails) {
        this.tails = tails;
    }

    /** Whether the session takes this record from the tail: not when it lags there, nor when it has had it. */
    boolean takesFromTail(LogPartition partition, long offset) {
        if (readings.isEmpty()) {
            return true;
        }
        PartitionReading reading = readings.get(partition);
        if (reading == null) {
            return true;
        }
        if (!reading.joined || offset < reading.next()) {
            return false;
        }
        // The tail has passed where this session had read to.
        readings.remove(partition);
        return true;
    }

    /** The session stays behind the tail from this offset on. */
    void lag(LogPartition partition, long next, long joinFrom) {
        readings.put(partition, new PartitionReading(next, joinFrom));
    }

    /** Whether the session follows the tail in the partition, after having tried to. */
    boolean tryJoin(LogPartition partition) {
        PartitionReading reading = readings.get(partition);
        if (reading == null) {
            return true;
        }
        long tailNext = tails.next(partition);
        if (!reading.tryJoin(tailNext)) {
            return false;
        }
        if (reading.next() == tailNext) {
            readings.remove(partition);
        }
        return true;
    }

    /** About how many records lie between where the session stands and the tail. */
    long distance(LogPartition partition, PartitionReading reading) {
        return Math.max(0, Math.max(tails.next(partition), reading.joinFrom) - reading.next());
    }

    @Nullable
    PartitionReading reading(LogPartition partition) {
        return readings.get(partition);
    }

    void forget(LogPartition partition) {
        readings.remove(partition);
    }

    /**
     * The next offset to offer in the partition.
     *
     * @param start where the session's subscriptions begin in it, for a tail that has not moved since
     */
    long position(LogPartition partition, long start) {
        PartitionReading reading = readings.get(partition);
        if (reading == null) {
            return Math.max(tails.next(partition), start);
        }
        return reading.joined ? Math.max(reading.next(), tails.next(partition)) : reading.next();
    }
}
