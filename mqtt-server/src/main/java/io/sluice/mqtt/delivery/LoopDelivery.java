package io.sluice.mqtt.delivery;

import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.LoopMailbox;
import io.sluice.mqtt.session.DeliverySource;
import io.sluice.mqtt.session.Recipient;
import io.sluice.mqtt.session.SessionMeters;
import io.sluice.mqtt.session.TailPositions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands what the tails found to the sessions of one loop. {@link #post} is safe for all threads; everything else is
 * confined to the loop.
 */
final class LoopDelivery implements TailPositions {

    private static final Logger log = LoggerFactory.getLogger(LoopDelivery.class);
    private final Loop loop;
    private final SessionMeters meters;
    private final Runnable onRoom;
    private final int batchesMax;
    private final int slice;
    private final LoopMailbox<TailBatch> mailbox;
    private final AtomicInteger pending = new AtomicInteger();
    private final Map<LogPartition, Long> tails = new HashMap<>();
    private final List<Recipient> touched = new ArrayList<>();
    private final Set<Follower> followers = new LinkedHashSet<>();
    // The batches that have come, the first of them as far as it is done.
    private final Deque<TailBatch> batches = new ArrayDeque<>();
    private int nextEntry;
    private boolean isSliceDue;

    /**
     * @param batchesMax how many batches may wait before the tails pause
     * @param slice after so many deliveries the loop does something else
     * @param onRoom told when batches were handled
     */
    LoopDelivery(Loop loop, SessionMeters meters, int batchesMax, int slice, Runnable onRoom) {
        this.loop = loop;
        this.meters = meters;
        this.onRoom = onRoom;
        this.batchesMax = batchesMax;
        this.slice = slice;
        this.mailbox = new LoopMailbox<>(loop, batches::addLast, this::workUnlessDue);
    }

    Loop loop() {
        return loop;
    }

    /** Posts a batch; false when the tails must pause until there is room. Any thread. */
    boolean post(TailBatch batch) {
        pending.incrementAndGet();
        mailbox.post(batch);
        return hasRoom();
    }

    boolean hasRoom() {
        return pending.get() < batchesMax;
    }

    int pending() {
        return pending.get();
    }

    @Override
    public long next(LogPartition partition) {
        Long next = tails.get(partition);
        return next == null ? UNKNOWN : next;
    }

    private void workUnlessDue() {
        if (!isSliceDue) {
            work();
        }
    }

    private void work() {
        isSliceDue = false;
        int left = slice;
        int done = 0;
        for (TailBatch batch = batches.peekFirst(); batch != null; batch = batches.peekFirst()) {
            left = deliver(batch, left);
            if (nextEntry < batch.entries().size()) {
                isSliceDue = true;
                // Not by execute: the loop would go on with it before it looks at its sockets.
                loop.schedule(Duration.ZERO, this::work);
                break;
            }
            if (batch.gap() > 0) {
                onGap(batch);
            }
            // After the records: a session that lags in this batch compares itself with where the tail was before it.
            tails.put(batch.partition(), batch.to());
            batches.removeFirst();
            nextEntry = 0;
            done++;
        }
        List<Recipient> settling = List.copyOf(touched);
        touched.clear();
        settling.forEach(this::settle);
        if (done > 0) {
            pending.addAndGet(-done);
            onRoom.run();
        }
    }

    @Override
    public void follow(Follower follower) {
        followers.add(follower);
    }

    @Override
    public void unfollow(Follower follower) {
        followers.remove(follower);
    }

    /** Nobody knows what the records were: whoever reads the partition may have missed something. */
    private void onGap(TailBatch batch) {
        for (Follower follower : List.copyOf(followers)) {
            follower.onGap(batch.partition(), batch.to() - batch.gap(), batch.to());
        }
    }

    private void settle(Recipient session) {
        try {
            session.afterBatch();
        } catch (RuntimeException | Error bug) {
            onBug(bug, "after a batch");
        }
    }

    /** One session's bug must not cost the others their message, nor stop the tails. */
    private static void onBug(Throwable bug, String where) {
        log.atError().addKeyValue("where", where).setCause(bug).log("Delivering to a session failed");
    }

    /** Delivers until the batch or the slice is used up. Returns what is left of the slice. */
    private int deliver(TailBatch batch, int most) {
        int left = most;
        long now = loop.epochMillis();
        List<TailBatch.Entry> entries = batch.entries();
        while (nextEntry < entries.size() && left > 0) {
            TailBatch.Entry entry = entries.get(nextEntry);
            nextEntry++;
            left -= entry.targets().length;
            deliver(batch.partition(), entry);
            meters.delay(DeliverySource.TAIL, now - entry.timestampMillis());
        }
        if (nextEntry < entries.size()) {
            // Others have their turn now, and who joins meanwhile must not count on what is past.
            tails.put(batch.partition(), entries.get(nextEntry).offset());
        }
        return left;
    }

    private void deliver(LogPartition partition, TailBatch.Entry entry) {
        for (Matched.Target target : entry.targets()) {
            Recipient session = target.session();
            // Before: what it has taken until it fails is to be flushed, too.
            if (session.touch()) {
                touched.add(session);
            }
            try {
                session.deliver(entry.message(), partition, entry.offset(), target.subscriptions());
            } catch (RuntimeException | Error bug) {
                onBug(bug, partition + " at " + entry.offset());
            }
        }
    }
}
