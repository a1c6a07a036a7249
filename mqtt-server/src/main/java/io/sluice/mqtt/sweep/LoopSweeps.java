package io.sluice.mqtt.sweep;

import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.LoopMailbox;
import io.sluice.mqtt.session.DeliverySource;
import io.sluice.mqtt.session.SessionMeters;
import io.sluice.mqtt.session.TailPositions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the riders of one loop what sweeps have found. {@link #post} is safe for all threads; everything else is
 * confined to the loop. A batch for many riders is worked off in slices, so that the loop's sockets have their turns.
 */
final class LoopSweeps {

    private static final Logger log = LoggerFactory.getLogger(LoopSweeps.class);
    private final Loop loop;
    private final TailPositions tails;
    private final SessionMeters meters;
    private final int slice;
    private final Consumer<Sweep> onHandled;
    private final LoopMailbox<SweptBatch> mailbox;
    private final Map<Sweep, LoopSweep> sweeps = new HashMap<>();
    // The batches that have come, the first of them as far as it is done.
    private final Deque<SweptBatch> batches = new ArrayDeque<>();
    private final List<SweepRide> touched = new ArrayList<>();
    private @Nullable LoopSweep current;
    private int nextEntry;
    private int nextRide;
    private boolean isSliceDue;

    LoopSweeps(Loop loop, TailPositions tails, SessionMeters meters, int slice, Consumer<Sweep> onHandled) {
        this.loop = loop;
        this.tails = tails;
        this.meters = meters;
        this.slice = slice;
        this.onHandled = onHandled;
        this.mailbox = new LoopMailbox<>(loop, batches::addLast, this::workUnlessDue);
    }

    void post(SweptBatch batch) {
        mailbox.post(batch);
    }

    private void workUnlessDue() {
        if (!isSliceDue) {
            work();
        }
    }

    private void work() {
        isSliceDue = false;
        int left = slice;
        for (SweptBatch batch = batches.peekFirst(); batch != null; batch = batches.peekFirst()) {
            LoopSweep sweep = current == null ? begin(batch) : current;
            current = sweep;
            left = deliver(batch, sweep, left);
            if (left <= 0) {
                isSliceDue = true;
                // Not by execute: the loop would go on with it before it looks at its sockets.
                loop.schedule(Duration.ZERO, this::work);
                return;
            }
            end(batch, sweep);
        }
    }

    private LoopSweep begin(SweptBatch batch) {
        LoopSweep sweep = sweeps.computeIfAbsent(batch.sweep(), begun -> new LoopSweep(left -> forget(begun, left)));
        batch.full().forEach(full -> full.ride().endsAt(full.next()));
        if (!batch.isReplay()) {
            sweep.next = Math.max(sweep.next, batch.from());
            board(batch, sweep);
            if (batch.gap() > 0) {
                List.copyOf(sweep.riders).forEach(ride -> ride.lost(batch.to() - batch.gap(), batch.to()));
            }
        }
        nextEntry = 0;
        nextRide = 0;
        return sweep;
    }

    /** Nobody rides here any more, and no batch may follow: a sweep keeps what it has read. */
    private void forget(Sweep sweep, LoopSweep left) {
        if (left != current) {
            sweeps.remove(sweep, left);
        }
    }

    private static void board(SweptBatch batch, LoopSweep sweep) {
        for (SweepRide ride : batch.boarded()) {
            if (!ride.hasLeft()) {
                ride.on = sweep;
                sweep.riders.add(ride);
            }
        }
    }

    /** Returns what is left of the slice; none when it is used up before the end of the batch. */
    private int deliver(SweptBatch batch, LoopSweep sweep, int most) {
        int left = most;
        long now = loop.epochMillis();
        while (nextEntry < batch.entries().size()) {
            SweptBatch.Entry entry = batch.entries().get(nextEntry);
            if (!batch.isReplay()) {
                sweep.next = Math.max(sweep.next, entry.offset());
            }
            while (nextRide < entry.rides().size()) {
                if (left <= 0) {
                    return 0;
                }
                offer(entry, entry.rides().get(nextRide));
                nextRide++;
                left--;
            }
            meters.delay(DeliverySource.SWEEP, now - entry.timestampMillis());
            nextRide = 0;
            nextEntry++;
        }
        return Math.max(left, 1);
    }

    private void offer(SweptBatch.Entry entry, SweepRide ride) {
        try {
            if (ride.offer(entry)) {
                touched.add(ride);
            }
        } catch (RuntimeException | AssertionError bug) {
            // One session's bug must not cost the others their message.
            log.atError()
                    .addKeyValue("kafkaTopic", ride.partition.topic())
                    .addKeyValue("offset", entry.offset())
                    .setCause(bug)
                    .log("Delivering a record failed");
        }
    }

    private void end(SweptBatch batch, LoopSweep sweep) {
        batches.removeFirst();
        sweep.next = Math.max(sweep.next, batch.to());
        try {
            batch.full().forEach(full -> full.ride().putOff());
            if (batch.isReplay()) {
                board(batch, sweep);
            }
            if (batch.to() >= tails.next(batch.partition())) {
                List.copyOf(sweep.riders).forEach(SweepRide::tryJoin);
            }
        } finally {
            // Also when a session fails: the next batch is another's.
            current = null;
            if (sweep.riders.isEmpty()) {
                sweeps.remove(batch.sweep());
            }
        }
        List<SweepRide> settling = List.copyOf(touched);
        touched.clear();
        settling.forEach(SweepRide::settle);
        onHandled.accept(batch.sweep());
    }
}
