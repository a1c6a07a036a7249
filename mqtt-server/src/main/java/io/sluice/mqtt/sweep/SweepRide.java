package io.sluice.mqtt.sweep;

import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.session.Sweeps;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One rider's place. What it asked for never changes; the fields below it belong to the sweeps' loop, or to the rider's
 * loop, as they say, and the mailboxes between the two order them.
 */
final class SweepRide implements Sweeps.Ride {

    final LogPartition partition;
    final long from;
    final boolean isNear;
    final List<TopicFilter> filters;
    final Sweeps.Rider rider;
    private final Consumer<SweepRide> onLeft;

    // Of the sweeps' loop.
    long number;
    long waitingSinceNanos;

    @Nullable
    Sweep sweep;

    long lastMatch = -1;
    /** How many records it takes yet. */
    int room;

    // Of the rider's loop.
    @Nullable
    LoopSweep on;

    /** Nothing from this offset on was found for it, wherever the scan goes. */
    private long end = Long.MAX_VALUE;

    private long taken;
    private long leftAt;
    private boolean left;
    private boolean touched;

    SweepRide(
            LogPartition partition,
            long from,
            boolean isNear,
            int room,
            Collection<TopicFilter> filters,
            Sweeps.Rider rider,
            Consumer<SweepRide> onLeft) {
        this.partition = partition;
        this.from = from;
        this.isNear = isNear;
        this.room = room;
        this.filters = List.copyOf(filters);
        this.rider = rider;
        this.onLeft = onLeft;
    }

    @Override
    public long next() {
        if (left) {
            return leftAt;
        }
        LoopSweep at = on;
        return Math.min(end, Math.max(Math.max(from, taken), at == null ? 0 : at.next));
    }

    /** The batch that comes is its last, as it has got as much as it takes: it may leave before that is worked off. */
    void endsAt(long offset) {
        end = Math.max(from, offset);
    }

    @Override
    public void leave() {
        leaveAt(next());
    }

    private void leaveAt(long next) {
        if (!left) {
            leftAt = next;
            left = true;
            LoopSweep at = on;
            if (at != null) {
                at.leave(this);
            }
            onLeft.accept(this);
        }
    }

    boolean hasLeft() {
        return left;
    }

    /** Offers a record. Returns whether it is the first of the batch. */
    boolean offer(SweptBatch.Entry entry) {
        if (left || entry.offset() < next()) {
            return false;
        }
        if (rider.onRecord(entry.message(), entry.offset())) {
            taken = entry.offset() + 1;
        } else {
            leaveAt(entry.offset());
        }
        boolean first = !touched;
        touched = true;
        return first;
    }

    /** The batch in which it was touched is over. */
    void settle() {
        touched = false;
        rider.afterBatch();
    }

    /** Ends the ride, as the rider has got what it said that it takes. */
    void putOff() {
        if (!left) {
            leaveAt(end);
            rider.onPutOff(end);
        }
    }

    /** The records in [lost, next) were gone before they were read: those from where it boarded on were its. */
    void lost(long lost, long next) {
        long first = Math.max(from, lost);
        if (!left && first < next) {
            rider.onLost(next - first);
        }
    }

    /** Ends the ride, as there is nothing to ride on. */
    void gone() {
        if (!left) {
            leaveAt(next());
            rider.onGone();
        }
    }

    /** Goes over to the tail if the rider does. */
    void tryJoin() {
        if (!left) {
            long next = next();
            if (rider.onTailReached(next)) {
                leaveAt(next);
            }
        }
    }
}
