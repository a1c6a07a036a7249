package io.sluice.mqtt.sweep;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.port.Egress;
import io.sluice.mqtt.port.LogBatch;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.LoopMailbox;
import io.sluice.mqtt.port.PartitionGoneException;
import io.sluice.mqtt.session.SessionMeters;
import io.sluice.mqtt.session.Sweeps;
import io.sluice.mqtt.session.TailPositions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;

/**
 * Catches up those who are behind the tail by scans that they share: 10,000 sessions that return at once, each behind by
 * the same million records, cost a few scans. {@link #board} is safe for all threads; everything else is confined to a
 * loop of its own, on which the records are matched, too.
 *
 * <p>A scan starts at the lowest offset that somebody waits for, takes with it whoever waits on its way, and ends when
 * nobody rides any more: each leaves when his buffer is full, or goes over to the tail. It never waits for a rider. Who
 * lacks little has a scan of his own at once, so that a subscriber that fell back for a moment is not held up by one
 * that was away for a day. After a scan of which little was wanted the partition rests in proportion to what it has
 * cost, while those who have made room gather for the next.
 */
public final class SharedSweeps implements Sweeps {

    private static final Logger log = LoggerFactory.getLogger(SharedSweeps.class);
    /** How long to wait when the log has nothing new and the tail is not reached: it is on its way. */
    private static final Duration IDLE = Duration.ofMillis(20);
    /** Those who return at once gather for so long. */
    private static final Duration GATHER = Duration.ofMillis(10);

    private static final Duration AFTER_ERROR = Duration.ofSeconds(1);
    /** Who has waited for so long is the start of the next scan, wherever he stands. */
    private static final long PATIENCE_NANOS = Duration.ofSeconds(5).toNanos();
    /** Who lacks little and has waited for so long ends what runs ahead of him. */
    private static final long NEAR_PATIENCE_NANOS = Duration.ofMillis(50).toNanos();
    /** A read that takes longer does not keep the scan's place: the partition may be gone. */
    private static final Duration STALLED = Duration.ofSeconds(2);
    /** Scans of one partition at once for those who lack little. */
    private static final int NEAR_SWEEPS_MAX = 2;
    /** A scan that nobody wanted anything of is followed by a rest so many times as long. */
    private static final int REST_FACTOR = 4;

    private final Loop loop;
    private final Egress egress;
    private final SweepSettings settings;
    private final Function<Loop, TailPositions> tails;
    private final SessionMeters sessionMeters;
    private final SweepMeters meters;
    /** Why a scan starts. */
    private enum Kind {
        /** Somebody lacks little. */
        NEAR,
        /** Somebody lacks much. */
        FAR,
        /** What somebody lacks was read a moment ago. */
        REPLAY
    }

    private final LoopMailbox<Runnable> mailbox;
    private final ConcurrentMap<Loop, LoopSweeps> loops = new ConcurrentHashMap<>();
    private final Map<LogPartition, PartitionQueue> partitions = new LinkedHashMap<>();
    /** Partitions whose riders wait for one of the places; in turns. */
    private final Set<LogPartition> turnedAway = new LinkedHashSet<>();
    /** Partitions with a parked scan, the oldest first. */
    private final Set<LogPartition> parked = new LinkedHashSet<>();

    private int sweeps;
    private int farSweeps;
    private final Set<Sweep> far = new LinkedHashSet<>();
    private long numbers;

    /**
     * @param loop where scans are planned and records matched: none of those that serve sockets
     * @param tails how far the tails have come on a session's loop
     */
    public SharedSweeps(
            Loop loop,
            Egress egress,
            SweepSettings settings,
            Function<Loop, TailPositions> tails,
            SessionMeters sessionMeters,
            MeterRegistry registry) {
        this.loop = loop;
        this.egress = egress;
        this.settings = settings;
        this.tails = tails;
        this.sessionMeters = sessionMeters;
        meters = new SweepMeters(registry, settings);
        mailbox = new LoopMailbox<>(loop, Runnable::run, () -> {});
    }

    @Override
    public Ride board(
            LogPartition partition, long from, long lag, int room, Collection<TopicFilter> filters, Rider rider) {
        SweepRide ride = new SweepRide(
                partition,
                from,
                lag <= settings.nearRecords(),
                room,
                filters,
                rider,
                left -> mailbox.post(() -> onLeave(left)));
        mailbox.post(() -> onBoard(ride));
        return ride;
    }

    private LoopSweeps loopOf(SweepRide ride) {
        return loops.computeIfAbsent(
                ride.rider.loop(),
                riders -> new LoopSweeps(
                        riders,
                        tails.apply(riders),
                        sessionMeters,
                        settings.slice(),
                        sweep -> mailbox.post(() -> onHandled(sweep))));
    }

    // ---- who waits and who rides ----------------------------------------------------------------------------------

    private void onBoard(SweepRide ride) {
        ride.number = numbers++;
        ride.waitingSinceNanos = loop.nanoTime();
        PartitionQueue queue =
                partitions.computeIfAbsent(ride.partition, ignored -> new PartitionQueue(loop.nanoTime()));
        queue.add(ride);
        meters.waiting(1);
        plan(ride.partition, queue);
    }

    private void onLeave(SweepRide ride) {
        Sweep sweep = ride.sweep;
        PartitionQueue queue = partitions.get(ride.partition);
        if (sweep != null) {
            ride.sweep = null;
            sweep.leave(ride, loopOf(ride));
            turn(sweep);
        } else if (queue != null && queue.remove(ride)) {
            meters.waiting(-1);
            forgetIfIdle(ride.partition, queue);
        }
    }

    private void forgetIfIdle(LogPartition partition, PartitionQueue queue) {
        if (queue.isIdle() && !queue.planned) {
            partitions.remove(partition);
        }
    }

    /** Lets those who wait board what runs, and starts what they need. */
    private void plan(LogPartition partition, PartitionQueue queue) {
        for (Sweep sweep : List.copyOf(queue.sweeps)) {
            takeAboard(queue, sweep);
            turn(sweep);
        }
        while (queue.isWaiting() && startOne(partition, queue)) {}
        forgetIfIdle(partition, queue);
    }

    private void takeAboard(PartitionQueue queue, Sweep sweep) {
        if (!far.contains(sweep) && isHoldingUp(queue, sweep)) {
            return;
        }
        for (SweepRide ride : queue.takeBetween(sweep.boardingFrom(), sweep.next() + settings.nearRecords())) {
            meters.waiting(-1);
            sweep.board(ride, loopOf(ride));
        }
    }

    /** Whether the scan must come to its end, for somebody behind it who lacks little and has waited long enough. */
    private boolean isHoldingUp(PartitionQueue queue, Sweep sweep) {
        SweepRide near = queue.firstNear();
        return near != null
                && near.from < sweep.boardingFrom()
                && loop.nanoTime() - near.waitingSinceNanos > NEAR_PATIENCE_NANOS;
    }

    /** Starts a scan for somebody who waits, if there is a place and the time has come. */
    private boolean startOne(LogPartition partition, PartitionQueue queue) {
        if (queue.sweeps.stream().anyMatch(sweep -> sweep.isStalled)) {
            planLater(partition, queue, STALLED.toNanos());
            return false;
        }
        if (sweeps >= settings.sweepsMax() || farSweeps >= settings.farMax()) {
            takePlacesOfStalled();
        }
        if (sweeps >= settings.sweepsMax()) {
            turnedAway.add(partition);
            planLater(partition, queue, STALLED.toNanos());
            return false;
        }
        SweepRide near = queue.firstNear();
        if (near != null && queue.sweeps.size() - farSweeps(queue) < NEAR_SWEEPS_MAX) {
            start(partition, queue, near.from, Kind.NEAR);
            return true;
        }
        if (farSweeps >= settings.farMax()) {
            turnedAway.add(partition);
            planLater(partition, queue, STALLED.toNanos());
            return false;
        }
        Sweep last = queue.parked;
        SweepRide first = queue.first();
        if (last != null && first != null && first.from >= last.boardingFrom() && first.from < last.next()) {
            // Costs no reading: the batches are still here.
            start(partition, queue, first.from, Kind.REPLAY);
            return true;
        }
        SweepRide longest = queue.longestWaiting();
        if (first == null || longest == null) {
            return false;
        }
        long now = loop.nanoTime();
        long due = Math.max(queue.restUntilNanos, longest.waitingSinceNanos + GATHER.toNanos());
        if (now - due < 0) {
            planLater(partition, queue, due - now);
            return false;
        }
        boolean isImpatient = now - longest.waitingSinceNanos > PATIENCE_NANOS;
        start(partition, queue, isImpatient ? longest.from : first.from, Kind.FAR);
        return true;
    }

    private void takePlacesOfStalled() {
        long now = loop.nanoTime();
        for (PartitionQueue queue : partitions.values()) {
            for (Sweep sweep : queue.sweeps) {
                if (sweep.reading && !sweep.isStalled && now - sweep.readSinceNanos >= STALLED.toNanos()) {
                    sweep.isStalled = true;
                    sweeps--;
                    farSweeps -= far.contains(sweep) ? 1 : 0;
                }
            }
        }
    }

    /** The log has answered: the scan goes on, if need be beside as many as there are places for. */
    private void onAnswer(Sweep sweep) {
        sweep.reading = false;
        sweep.pendingRead = null;
        if (sweep.isStalled) {
            sweep.isStalled = false;
            sweeps++;
            farSweeps += far.contains(sweep) ? 1 : 0;
        }
    }

    private void planLater(LogPartition partition, PartitionQueue queue, long nanos) {
        if (!queue.planned) {
            queue.planned = true;
            loop.schedule(Duration.ofNanos(nanos), () -> {
                queue.planned = false;
                plan(partition, queue);
            });
        }
    }

    private int farSweeps(PartitionQueue queue) {
        int count = 0;
        for (Sweep sweep : queue.sweeps) {
            count += far.contains(sweep) ? 1 : 0;
        }
        return count;
    }

    private void start(LogPartition partition, PartitionQueue queue, long from, Kind kind) {
        Sweep sweep = unpark(partition, queue, from);
        if (sweep == null) {
            sweep = new Sweep(partition, from);
        }
        sweep.start(loop.nanoTime());
        sweep.mustRest = kind == Kind.REPLAY;
        sweeps++;
        if (kind != Kind.NEAR) {
            farSweeps++;
            far.add(sweep);
        }
        meters.started();
        queue.sweeps.add(sweep);
        takeAboard(queue, sweep);
        turn(sweep);
    }

    /** The parked scan, if it can serve the offset. */
    private @Nullable Sweep unpark(LogPartition partition, PartitionQueue queue, long from) {
        Sweep last = queue.parked;
        if (last == null || from < last.boardingFrom() || from > last.next() + settings.nearRecords()) {
            return null;
        }
        queue.parked = null;
        parked.remove(partition);
        return last;
    }

    // ---- the course of a scan -------------------------------------------------------------------------------------

    /** Does the next thing, unless the scan waits for something. */
    private void turn(Sweep sweep) {
        PartitionQueue queue = partitions.get(sweep.partition());
        if (sweep.mustRest && sweep.hasNear()) {
            sweep.mustRest = false;
            cancelPause(sweep);
        }
        Disposable read = sweep.pendingRead;
        if (sweep.reading && !sweep.hasRiders() && read != null) {
            // Nobody waits for it, and it may never come.
            sweep.readNumber++;
            sweep.reading = false;
            sweep.pendingRead = null;
            read.dispose();
        }
        if (queue == null || sweep.isBusy() || !queue.sweeps.contains(sweep)) {
            return;
        }
        if (!sweep.hasRiders()) {
            end(sweep, queue);
        } else if (sweep.needsReplay()) {
            hand(sweep.replay(this::loopOf), sweep);
        } else if (mayRead(sweep, queue)) {
            read(sweep);
        }
    }

    private boolean mayRead(Sweep sweep, PartitionQueue queue) {
        long wait = queue.restUntilNanos - loop.nanoTime();
        if (!sweep.mustRest || wait <= 0) {
            sweep.mustRest = false;
            return true;
        }
        pause(sweep, Duration.ofNanos(wait));
        return false;
    }

    private void pause(Sweep sweep, Duration duration) {
        cancelPause(sweep);
        sweep.pause = loop.schedule(duration, () -> {
            sweep.pause = null;
            turn(sweep);
        });
    }

    private static void cancelPause(Sweep sweep) {
        Loop.Timer pause = sweep.pause;
        if (pause != null) {
            pause.cancel();
            sweep.pause = null;
        }
    }

    private void read(Sweep sweep) {
        sweep.reading = true;
        sweep.readSinceNanos = loop.nanoTime();
        sweep.readNumber++;
        long number = sweep.readNumber;
        sweep.pendingRead = egress.read(sweep.partition(), sweep.next(), settings.batchBytes())
                .subscribe(
                        batch -> mailbox.post(() -> {
                            if (number == sweep.readNumber) {
                                onRead(sweep, batch);
                            }
                        }),
                        error -> mailbox.post(() -> {
                            if (number == sweep.readNumber) {
                                onError(sweep, error);
                            }
                        }));
    }

    private void onRead(Sweep sweep, LogBatch batch) {
        onAnswer(sweep);
        if (sweep.needsReplay()) {
            hand(sweep.replay(this::loopOf), sweep);
        }
        long matchedBefore = sweep.matchedCount();
        hand(sweep.take(batch, this::loopOf), sweep);
        meters.read(batch.records().size(), (int) (sweep.matchedCount() - matchedBefore));
        PartitionQueue queue = partitions.get(sweep.partition());
        if (queue != null && queue.isWaiting()) {
            takeAboard(queue, sweep);
        }
        if (batch.to() == batch.from()) {
            pause(sweep, IDLE);
        }
        turn(sweep);
    }

    private void hand(Map<LoopSweeps, SweptBatch> batches, Sweep sweep) {
        sweep.unhandled += batches.size();
        batches.forEach(LoopSweeps::post);
    }

    private void onHandled(Sweep sweep) {
        sweep.unhandled--;
        turn(sweep);
    }

    private void onError(Sweep sweep, Throwable error) {
        if (error instanceof PartitionGoneException) {
            onGone(sweep);
            return;
        }
        log.atWarn()
                .addKeyValue("kafkaTopic", sweep.partition().topic())
                .addKeyValue("partition", sweep.partition().partition())
                .setCause(error)
                .log("Catching up failed, it is tried again");
        onAnswer(sweep);
        pause(sweep, AFTER_ERROR);
    }

    /** Everybody is told who rides or waits; with the last of them the scan ends. */
    private void onGone(Sweep sweep) {
        onAnswer(sweep);
        log.atInfo()
                .addKeyValue("kafkaTopic", sweep.partition().topic())
                .addKeyValue("partition", sweep.partition().partition())
                .log("A partition is gone, nobody is caught up with it any more");
        List<SweepRide> rides = new ArrayList<>(sweep.rides());
        PartitionQueue queue = partitions.get(sweep.partition());
        if (queue != null) {
            rides.addAll(queue.waiting());
        }
        rides.forEach(ride -> ride.rider.loop().execute(ride::gone));
        // Not before they have left is anything read again.
        pause(sweep, AFTER_ERROR);
    }

    private void end(Sweep sweep, PartitionQueue queue) {
        long now = loop.nanoTime();
        long nanos = sweep.nanos(now);
        queue.sweeps.remove(sweep);
        boolean wasFar = far.remove(sweep);
        if (!sweep.isStalled) {
            sweeps--;
            farSweeps -= wasFar ? 1 : 0;
        }
        sweep.isStalled = false;
        meters.ended(nanos);
        long rest =
                Math.min(settings.restMax().toNanos(), (long) (REST_FACTOR * sweep.unwantedShare() * (double) nanos));
        if (now + rest - queue.restUntilNanos > 0) {
            queue.restUntilNanos = now + rest;
        }
        park(sweep, queue);
        plan(sweep.partition(), queue);
        servePlaces();
    }

    private void park(Sweep sweep, PartitionQueue queue) {
        queue.parked = sweep;
        parked.remove(sweep.partition());
        parked.add(sweep.partition());
        if (parked.size() > settings.sweepsMax()) {
            LogPartition oldest = parked.iterator().next();
            parked.remove(oldest);
            PartitionQueue other = partitions.get(oldest);
            if (other != null) {
                other.parked = null;
                forgetIfIdle(oldest, other);
            }
        }
    }

    /** A place is free: the next partition whose riders were turned away has it. */
    private void servePlaces() {
        for (LogPartition partition : List.copyOf(turnedAway)) {
            if (sweeps >= settings.sweepsMax()) {
                return;
            }
            turnedAway.remove(partition);
            PartitionQueue queue = partitions.get(partition);
            if (queue != null) {
                plan(partition, queue);
            }
        }
    }
}
