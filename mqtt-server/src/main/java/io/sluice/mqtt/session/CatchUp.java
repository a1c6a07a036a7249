package io.sluice.mqtt.session;

import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.Loop;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Brings a lagging session up to the tail again: it rides with a sweep in each partition in which it lags, for as long
 * as there is room to send. Confined to its loop.
 */
final class CatchUp {

    /** Takes what was read. */
    interface Target {
        /** Whether there is room to send. */
        boolean hasRoom();

        /** About how many records it takes now. */
        int room();

        /** What a sweep should look for: none when only the tail is of interest. */
        Collection<TopicFilter> filters();

        /** Takes a record, if it is for this session; false when the buffer is full. */
        boolean offer(LogPartition partition, OutboundMessage message, long offset);

        /** Sends what was taken. */
        void flush();

        /** Retention had deleted records before they were read. */
        void onLost(LogPartition partition, long records);

        /** The partition is no more: where the session stood in it means nothing. */
        void onVoid(LogPartition partition);
    }

    private final Loop loop;
    private final Sweeps sweeps;
    private final Cursors cursors;
    private final Target target;
    private final SessionMeters meters;
    private final Map<LogPartition, Lagging> lagging = new LinkedHashMap<>();
    /** How many of them do not ride. */
    private int standing;

    private boolean closed;

    CatchUp(Loop loop, Sweeps sweeps, Cursors cursors, Target target, SessionMeters meters) {
        this.loop = loop;
        this.sweeps = sweeps;
        this.cursors = cursors;
        this.target = target;
        this.meters = meters;
    }

    /** The session lags in this partition, its cursor is set. */
    void add(LogPartition partition) {
        if (lagging.isEmpty()) {
            meters.lagging(1);
        }
        lagging.put(partition, new Lagging(partition));
        standing++;
    }

    boolean isLagging() {
        return !lagging.isEmpty();
    }

    /** Reads on when there is something to catch up with, and room for it. */
    void readOn() {
        if (standing == 0 || closed || !target.hasRoom()) {
            return;
        }
        Collection<TopicFilter> filters = target.filters();
        // Equal parts, so that one partition does not fill the buffer before the others have their turn.
        int room = Math.max(1, target.room() / standing);
        for (Lagging one : List.copyOf(lagging.values())) {
            one.readOn(filters, room);
        }
    }

    /** What the session wants is about to change: it gets off, until {@link #readOn}. */
    void getOff() {
        lagging.values().forEach(Lagging::getOff);
    }

    private void remove(LogPartition partition) {
        lagging.remove(partition);
        if (lagging.isEmpty()) {
            meters.lagging(-1);
        }
    }

    void close() {
        closed = true;
        List<Lagging> left = new ArrayList<>(lagging.values());
        left.forEach(Lagging::getOff);
        if (!lagging.isEmpty()) {
            meters.lagging(-1);
            lagging.clear();
        }
    }

    /** One partition in which the session lags. */
    private final class Lagging implements Sweeps.Rider {

        private final LogPartition partition;
        private Sweeps.@Nullable Ride ride;

        Lagging(LogPartition partition) {
            this.partition = partition;
        }

        @Override
        public Loop loop() {
            return loop;
        }

        void readOn(Collection<TopicFilter> filters, int room) {
            if (ride != null) {
                return;
            }
            PartitionReading reading = cursors.reading(partition);
            if (reading == null || cursors.tryJoin(partition)) {
                standing--;
                remove(partition);
            } else if (filters.isEmpty()) {
                // At QoS 0 it has the tail, and nothing but the tail.
                cursors.forget(partition);
                standing--;
                remove(partition);
            } else {
                Sweeps.Ride begun = sweeps.board(
                        partition, reading.next(), cursors.distance(partition, reading), room, filters, this);
                ride = begun;
                reading.ride(begun);
                standing--;
            }
        }

        void getOff() {
            Sweeps.Ride riding = ride;
            if (riding != null) {
                riding.leave();
                standAt(riding.next());
            }
        }

        private void standAt(long offset) {
            ride = null;
            standing++;
            PartitionReading reading = cursors.reading(partition);
            if (reading != null) {
                reading.standAt(offset);
            }
        }

        @Override
        public boolean onRecord(OutboundMessage message, long offset) {
            if (target.offer(partition, message, offset)) {
                return true;
            }
            standAt(offset);
            return false;
        }

        @Override
        public boolean onTailReached(long next) {
            if (!cursors.tryJoin(partition)) {
                return false;
            }
            standAt(next);
            // tryJoin may have dropped the reading; it stands at the tail either way.
            standing--;
            remove(partition);
            return true;
        }

        @Override
        public void onPutOff(long next) {
            standAt(next);
            // The others first, next time.
            lagging.remove(partition);
            lagging.put(partition, this);
        }

        @Override
        public void onGone() {
            ride = null;
            cursors.forget(partition);
            remove(partition);
            target.onVoid(partition);
        }

        @Override
        public void onLost(long records) {
            target.onLost(partition, records);
        }

        @Override
        public void afterBatch() {
            if (!closed) {
                target.flush();
                CatchUp.this.readOn();
            }
        }
    }
}
