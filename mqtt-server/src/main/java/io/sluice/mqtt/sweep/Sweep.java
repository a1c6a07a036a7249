package io.sluice.mqtt.sweep;

import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.port.LogBatch;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.LogRecord;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.session.OutboundMessage;
import io.sluice.mqtt.subscription.SubscriptionIndex;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * One scan of a partition and those who ride with it. Confined to the sweeps' loop.
 *
 * <pre>
 *   board(from ≥ start of the last batch) ──▶ newcomers ──replay of the last batch──▶ riders ──▶ leave
 *                                                     └─── from ≥ next ────────────▶ riders
 * </pre>
 */
final class Sweep {

    private final LogPartition partition;
    private final SubscriptionIndex<SweepRide> index = new SubscriptionIndex<>();
    private final Map<LoopSweeps, Set<SweepRide>> riders = new LinkedHashMap<>();
    private final Set<SweepRide> newcomers = new LinkedHashSet<>();
    private int near;
    private long next;
    private final Deque<LogBatch> passed = new ArrayDeque<>();
    // What it does now.
    boolean reading;
    /** Of the read that is under way: an answer to an earlier one is not for it any more. */
    long readNumber;

    long readSinceNanos;

    @Nullable
    Disposable pendingRead;

    /** It has waited for the log for so long that others have its place. */
    boolean isStalled;

    int unhandled;
    Loop.@Nullable Timer pause;
    /** It has begun with what it had read before: to read on it must wait for the end of the partition's rest. */
    boolean mustRest;
    // What it has cost since it began.
    private long startedNanos;
    private long read;
    private long matched;

    /** So few riders are asked one by one. */
    private static final int FEW = 8;

    /** So many of the last batches are kept for those who board a little late. */
    private static final int PASSED_MAX = 4;

    Sweep(LogPartition partition, long from) {
        this.partition = partition;
        next = from;
    }

    void start(long nowNanos) {
        startedNanos = nowNanos;
        read = 0;
        matched = 0;
    }

    LogPartition partition() {
        return partition;
    }

    /** Where the next read begins. */
    long next() {
        return next;
    }

    /** The lowest offset from which somebody may still board. */
    long boardingFrom() {
        LogBatch oldest = passed.peekFirst();
        return oldest == null ? next : oldest.from();
    }

    boolean isBusy() {
        return reading || unhandled > 0 || pause != null;
    }

    boolean hasRiders() {
        return !riders.isEmpty();
    }

    List<SweepRide> rides() {
        List<SweepRide> rides = new ArrayList<>();
        riders.values().forEach(rides::addAll);
        return rides;
    }

    /** Whether anybody rides who lacks little. */
    boolean hasNear() {
        return near > 0;
    }

    long nanos(long nowNanos) {
        return nowNanos - startedNanos;
    }

    /** The share of what was read that nobody wanted, from 0 to 1. */
    double unwantedShare() {
        return read == 0 ? 0 : 1 - Math.min(1.0, (double) matched / read);
    }

    void board(SweepRide ride, LoopSweeps loop) {
        ride.sweep = this;
        riders.computeIfAbsent(loop, ignored -> new LinkedHashSet<>()).add(ride);
        newcomers.add(ride);
        near += ride.isNear ? 1 : 0;
        for (TopicFilter filter : ride.filters) {
            index.add(filter, ride);
        }
    }

    void leave(SweepRide ride, LoopSweeps loop) {
        Set<SweepRide> onLoop = riders.get(loop);
        if (onLoop == null || !onLoop.remove(ride)) {
            return;
        }
        if (onLoop.isEmpty()) {
            riders.remove(loop);
        }
        newcomers.remove(ride);
        near -= ride.isNear ? 1 : 0;
        for (TopicFilter filter : ride.filters) {
            index.remove(filter, ride);
        }
    }

    /** Whether somebody has boarded who wants what the scan has just passed. */
    boolean needsReplay() {
        for (SweepRide ride : newcomers) {
            if (ride.from < next) {
                return true;
            }
        }
        return false;
    }

    /** The last batches once more, for those newcomers who want some of them. */
    Map<LoopSweeps, SweptBatch> replay(Function<SweepRide, LoopSweeps> loopOf) {
        List<SweepRide> boarded =
                newcomers.stream().filter(ride -> ride.from < next).toList();
        boarded.forEach(newcomers::remove);
        Set<SweepRide> wanting = new LinkedHashSet<>(boarded);
        long lowest = boarded.stream().mapToLong(ride -> ride.from).min().orElse(next);
        Found found = new Found(loopOf);
        for (LogBatch batch : passed) {
            for (LogRecord record : batch.records()) {
                if (record.offset() >= lowest && !wanting.isEmpty()) {
                    found.match(record, wanting);
                }
            }
        }
        return found.batches(new LogBatch(partition, boardingFrom(), next, 0, List.of()), true, boarded);
    }

    /** The next batch, for all. */
    Map<LoopSweeps, SweptBatch> take(LogBatch batch, Function<SweepRide, LoopSweeps> loopOf) {
        List<SweepRide> boarded = List.copyOf(newcomers);
        newcomers.clear();
        Found found = new Found(loopOf);
        for (LogRecord record : batch.records()) {
            if (riders.isEmpty()) {
                break;
            }
            found.match(record, null);
        }
        if (batch.to() > batch.from()) {
            passed.addLast(batch);
            if (passed.size() > PASSED_MAX) {
                passed.removeFirst();
            }
        }
        next = Math.max(next, batch.to());
        read += batch.records().size();
        matched += found.matched;
        return found.batches(batch, false, boarded);
    }

    long matchedCount() {
        return matched;
    }

    /** The matches of one batch, by loop. */
    private final class Found {
        private final Function<SweepRide, LoopSweeps> loopOf;
        private final Map<LoopSweeps, List<SweptBatch.Entry>> entries = new HashMap<>();
        private final Map<LoopSweeps, List<SweepRide>> rides = new HashMap<>();
        private final Map<LoopSweeps, List<SweptBatch.Full>> full = new HashMap<>();
        private int matched;

        Found(Function<SweepRide, LoopSweeps> loopOf) {
            this.loopOf = loopOf;
        }

        void match(LogRecord record, @Nullable Set<SweepRide> wanting) {
            TopicName name = record.message().topicName();
            if (wanting != null && wanting.size() <= FEW) {
                // Few among perhaps many: the index would give out all of those who match.
                for (SweepRide ride : wanting) {
                    if (ride.filters.stream().anyMatch(filter -> filter.matches(name))) {
                        add(ride, record.offset());
                    }
                }
            } else {
                index.match(name, ride -> {
                    if (wanting == null || wanting.contains(ride)) {
                        add(ride, record.offset());
                    }
                });
            }
            if (rides.isEmpty()) {
                return;
            }
            matched++;
            OutboundMessage message = new OutboundMessage(record.message());
            rides.forEach((loop, found) -> entries.computeIfAbsent(loop, ignored -> new ArrayList<>())
                    .add(new SweptBatch.Entry(message, record.offset(), record.timestampMillis(), found)));
            rides.values().forEach(found -> found.forEach(ride -> putOffIfFull(ride, record.offset() + 1, wanting)));
            rides.clear();
        }

        private void add(SweepRide ride, long offset) {
            // Overlapping filters of one rider are one match: the rider itself looks at all of them.
            if (offset >= ride.from && ride.lastMatch != offset) {
                ride.lastMatch = offset;
                rides.computeIfAbsent(loopOf.apply(ride), ignored -> new ArrayList<>())
                        .add(ride);
            }
        }

        private void putOffIfFull(SweepRide ride, long nextOffset, @Nullable Set<SweepRide> wanting) {
            ride.room--;
            if (ride.room <= 0) {
                LoopSweeps loop = loopOf.apply(ride);
                full.computeIfAbsent(loop, ignored -> new ArrayList<>()).add(new SweptBatch.Full(ride, nextOffset));
                ride.sweep = null;
                leave(ride, loop);
                if (wanting != null) {
                    wanting.remove(ride);
                }
            }
        }

        Map<LoopSweeps, SweptBatch> batches(LogBatch batch, boolean isReplay, List<SweepRide> boarded) {
            Map<LoopSweeps, List<SweepRide>> boardedByLoop = new HashMap<>();
            for (SweepRide ride : boarded) {
                boardedByLoop
                        .computeIfAbsent(loopOf.apply(ride), ignored -> new ArrayList<>())
                        .add(ride);
            }
            Map<LoopSweeps, SweptBatch> batches = new LinkedHashMap<>();
            Set<LoopSweeps> loops = new LinkedHashSet<>(boardedByLoop.keySet());
            loops.addAll(entries.keySet());
            if (!isReplay) {
                loops.addAll(riders.keySet());
            }
            for (LoopSweeps loop : loops) {
                batches.put(
                        loop,
                        new SweptBatch(
                                Sweep.this,
                                partition,
                                batch.from(),
                                batch.to(),
                                batch.gap(),
                                isReplay,
                                boardedByLoop.getOrDefault(loop, List.of()),
                                full.getOrDefault(loop, List.of()),
                                entries.getOrDefault(loop, List.of())));
            }
            return batches;
        }
    }
}
