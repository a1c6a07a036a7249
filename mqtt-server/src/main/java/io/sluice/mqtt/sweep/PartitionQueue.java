package io.sluice.mqtt.sweep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The sweeps of one partition, and who waits for one, by offset. Confined to the sweeps' loop; pure.
 */
final class PartitionQueue {

    final List<Sweep> sweeps = new ArrayList<>();
    /** The last scan that ended, with its last batch, for those who come back at once. */
    @Nullable
    Sweep parked;

    /** No scan for those far behind starts, or goes on from its parking place, before. */
    long restUntilNanos;

    /** A look at it is scheduled. */
    boolean planned;

    private final TreeSet<SweepRide> waiting = new TreeSet<>(
            Comparator.<SweepRide>comparingLong(ride -> ride.from).thenComparingLong(ride -> ride.number));
    private final TreeSet<SweepRide> nearWaiting = new TreeSet<>(waiting.comparator());
    private final TreeSet<SweepRide> byArrival = new TreeSet<>(Comparator.comparingLong(ride -> ride.number));

    PartitionQueue(long nowNanos) {
        restUntilNanos = nowNanos;
    }

    void add(SweepRide ride) {
        waiting.add(ride);
        byArrival.add(ride);
        if (ride.isNear) {
            nearWaiting.add(ride);
        }
    }

    boolean remove(SweepRide ride) {
        byArrival.remove(ride);
        nearWaiting.remove(ride);
        return waiting.remove(ride);
    }

    List<SweepRide> waiting() {
        return List.copyOf(waiting);
    }

    boolean isWaiting() {
        return !waiting.isEmpty();
    }

    /** Nothing is left to remember. */
    boolean isIdle() {
        return waiting.isEmpty() && sweeps.isEmpty() && parked == null;
    }

    /** Takes out those with offsets in [from, to]. */
    List<SweepRide> takeBetween(long from, long to) {
        List<SweepRide> taken = new ArrayList<>();
        for (SweepRide ride : waiting) {
            if (ride.from > to) {
                break;
            }
            if (ride.from >= from) {
                taken.add(ride);
            }
        }
        taken.forEach(this::remove);
        return taken;
    }

    /** The lowest offset of those who lack little, or null. */
    @Nullable
    SweepRide firstNear() {
        return nearWaiting.isEmpty() ? null : nearWaiting.first();
    }

    /** Who waits at the lowest offset, or null. */
    @Nullable
    SweepRide first() {
        return waiting.isEmpty() ? null : waiting.first();
    }

    /** Who has waited longest, or null. */
    @Nullable
    SweepRide longestWaiting() {
        return byArrival.isEmpty() ? null : byArrival.first();
    }
}
