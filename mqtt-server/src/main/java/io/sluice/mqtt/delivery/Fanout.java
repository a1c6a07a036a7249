package io.sluice.mqtt.delivery;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.mqtt.port.DeliverySink;
import io.sluice.mqtt.port.LogBatch;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.LogRecord;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.session.OutboundMessage;
import io.sluice.mqtt.session.Session;
import io.sluice.mqtt.session.SessionMeters;
import io.sluice.mqtt.session.TailPositions;
import io.sluice.mqtt.subscription.Subscription;
import io.sluice.mqtt.subscription.SubscriptionIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Matches what the tails read against the subscription index, once per record, and hands it to the loops: one batch for
 * each loop and stretch, not one hand-over per delivery. Called by the threads of the tails; loops join from any thread.
 */
public final class Fanout implements DeliverySink {

    private final SubscriptionIndex<Subscription> index;
    private final SessionMeters meters;
    private final int batchesMax;
    private final int slice;
    private final List<LoopDelivery> loops = new CopyOnWriteArrayList<>();
    private final AtomicBoolean paused = new AtomicBoolean();
    private volatile Runnable resume = () -> {};

    /** After so many deliveries a loop does something else: a few ms. */
    private static final int SLICE = 2_000;

    /**
     * @param batchesMax how many batches may wait on a loop before the tails pause
     */
    public Fanout(SubscriptionIndex<Subscription> index, SessionMeters meters, int batchesMax, MeterRegistry registry) {
        this(index, meters, batchesMax, SLICE, registry);
    }

    /**
     * @param batchesMax how many batches may wait on a loop before the tails pause
     * @param slice after so many deliveries a loop does something else
     */
    public Fanout(
            SubscriptionIndex<Subscription> index,
            SessionMeters meters,
            int batchesMax,
            int slice,
            MeterRegistry registry) {
        this.index = index;
        this.meters = meters;
        this.batchesMax = batchesMax;
        this.slice = slice;
        Gauge.builder("sluice.egress.handover.pending", loops, FanoutPending::sum)
                .description("Batches that wait on the event loops")
                .register(registry);
        Gauge.builder("sluice.egress.handover.limit", () -> batchesMax)
                .description("Batches that may wait on one event loop before the tails pause")
                .register(registry);
    }

    private static final class FanoutPending {
        static double sum(List<LoopDelivery> loops) {
            return loops.stream().mapToInt(LoopDelivery::pending).sum();
        }
    }

    /** What to call when there is room again after {@link #accept} returned false. Set once, before the first batch. */
    public void onRoom(Runnable newResume) {
        resume = newResume;
    }

    /**
     * How far the tails have come on the loop, which joins the hand-over with the first call: before any session of the
     * loop subscribes. Any thread.
     */
    public TailPositions tails(Loop loop) {
        return delivery(loop);
    }

    private LoopDelivery delivery(Loop loop) {
        for (LoopDelivery delivery : loops) {
            if (delivery.loop().equals(loop)) {
                return delivery;
            }
        }
        // Only the loop itself makes its own, so that there is never a second one.
        assert loop.inLoop();
        LoopDelivery delivery = new LoopDelivery(loop, meters, batchesMax, slice, this::resumeIfPaused);
        loops.add(delivery);
        return delivery;
    }

    private void resumeIfPaused() {
        if (paused.get() && loops.stream().allMatch(LoopDelivery::hasRoom) && paused.compareAndSet(true, false)) {
            resume.run();
        }
    }

    @Override
    public boolean accept(LogBatch batch) {
        List<LoopDelivery> targets = List.copyOf(loops);
        List<List<TailBatch.Entry>> entries = new ArrayList<>(targets.size());
        for (int i = 0; i < targets.size(); i++) {
            entries.add(new ArrayList<>());
        }
        Matcher matcher = new Matcher(targets);
        for (LogRecord record : batch.records()) {
            matcher.match(batch.partition(), record, entries);
        }
        boolean room = true;
        for (int i = 0; i < targets.size(); i++) {
            // Also where nothing matches: a loop must know how far the tail is.
            room &= targets.get(i).post(new TailBatch(batch.partition(), batch.to(), entries.get(i)));
        }
        if (!room) {
            paused.set(true);
        }
        return room;
    }

    @Override
    public boolean hasRoom() {
        return loops.stream().allMatch(LoopDelivery::hasRoom);
    }

    /** Groups the matches of a record by loop. Confined to one call of accept. */
    private final class Matcher {
        private final List<LoopDelivery> targets;
        private final List<List<Subscription>> matches = new ArrayList<>();

        Matcher(List<LoopDelivery> targets) {
            this.targets = targets;
            for (int i = 0; i < targets.size(); i++) {
                matches.add(new ArrayList<>());
            }
        }

        void match(LogPartition partition, LogRecord record, List<List<TailBatch.Entry>> entries) {
            index.match(record.message().topicName(), subscription -> {
                if (subscription.admits(partition, record.offset())) {
                    matches.get(place(subscription)).add(subscription);
                }
            });
            OutboundMessage message = null;
            for (int i = 0; i < targets.size(); i++) {
                List<Subscription> found = matches.get(i);
                if (!found.isEmpty()) {
                    message = message == null ? new OutboundMessage(record.message()) : message;
                    entries.get(i)
                            .add(new TailBatch.Entry(
                                    message, record.offset(), record.timestampMillis(), List.copyOf(found)));
                    found.clear();
                }
            }
        }

        private int place(Subscription subscription) {
            Loop loop = ((Session) subscription.subscriber()).loop();
            for (int i = 0; i < targets.size(); i++) {
                if (targets.get(i).loop().equals(loop)) {
                    return i;
                }
            }
            throw new IllegalStateException("fan-out: a session on a loop that never joined");
        }
    }
}
