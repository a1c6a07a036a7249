package io.sluice.mqtt.delivery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.port.DeliverySink;
import io.sluice.mqtt.port.LogBatch;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.LogRecord;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.session.OutboundMessage;
import io.sluice.mqtt.session.Recipient;
import io.sluice.mqtt.session.SessionMeters;
import io.sluice.mqtt.session.TailPositions;
import io.sluice.mqtt.subscription.Subscription;
import io.sluice.mqtt.subscription.SubscriptionIndex;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

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
    /** About how many references the results of matching may hold. */
    private static final long CACHED_MAX = 1_000_000;

    private volatile MatchCache cache = new MatchCache(0, CACHED_MAX);
    private final Counter hits;
    private final Counter misses;
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
        Gauge.builder("sluice.egress.match.cache.references", () -> cache.cost())
                .description("References that the results of matching hold")
                .register(registry);
        Gauge.builder("sluice.egress.match.cache.limit", () -> CACHED_MAX)
                .description("References that the results of matching may hold before they are forgotten")
                .register(registry);
        hits = lookups(registry, "hit");
        misses = lookups(registry, "miss");
    }

    private static Counter lookups(MeterRegistry registry, String result) {
        return Counter.builder("sluice.egress.match")
                .description("Records matched against the subscriptions, by whether the result was known")
                .tag("cache", result)
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
        Object[] targets = loops.toArray();
        List<List<TailBatch.Entry>> entries = new ArrayList<>(targets.length);
        for (int i = 0; i < targets.length; i++) {
            entries.add(new ArrayList<>());
        }
        for (LogRecord record : batch.records()) {
            Matched matched = match(batch.partition(), record);
            OutboundMessage message = null;
            for (int i = 0; i < targets.length && i < matched.byLoop().length; i++) {
                Matched.Target[] found = matched.byLoop()[i];
                if (found.length > 0) {
                    message = message == null ? new OutboundMessage(record.message()) : message;
                    entries.get(i).add(new TailBatch.Entry(message, record.offset(), record.timestampMillis(), found));
                }
            }
        }
        boolean room = true;
        for (int i = 0; i < targets.length; i++) {
            // Also where nothing matches: a loop must know how far the tail is.
            room &= ((LoopDelivery) targets[i])
                    .post(new TailBatch(batch.partition(), batch.to(), batch.gap(), entries.get(i)));
        }
        if (!room) {
            paused.set(true);
        }
        return room;
    }

    private Matched match(LogPartition partition, LogRecord record) {
        TopicName name = record.message().topicName();
        // Before the match: what comes meanwhile has made it another.
        long version = index.version();
        MatchCache current = cache;
        if (!current.isOf(version)) {
            current = new MatchCache(version, CACHED_MAX);
            cache = current;
        }
        Map<TopicName, Matched> known = current.of(partition);
        Matched matched = known.get(name);
        if (matched != null) {
            hits.increment();
            return matched;
        }
        misses.increment();
        Matcher matcher = new Matcher(partition, record.offset());
        index.match(name, matcher);
        matched = matcher.matched();
        // Whom an offset admits every later one admits, so that only a complete match may serve them.
        if (matcher.isComplete() && !current.keep(known, name, matched)) {
            cache = new MatchCache(version, CACHED_MAX);
        }
        return matched;
    }

    @Override
    public boolean hasRoom() {
        return loops.stream().allMatch(LoopDelivery::hasRoom);
    }

    /** Groups the matches of one record by loop and session. */
    private final class Matcher implements Consumer<Subscription> {
        private final LogPartition partition;
        private final long offset;
        private final Map<Recipient, List<Subscription>> sessions = new LinkedHashMap<>();
        private boolean complete = true;

        Matcher(LogPartition partition, long offset) {
            this.partition = partition;
            this.offset = offset;
        }

        @Override
        public void accept(Subscription subscription) {
            if (subscription.admits(partition, offset)) {
                sessions.computeIfAbsent((Recipient) subscription.subscriber(), ignored -> new ArrayList<>(1))
                        .add(subscription);
            } else {
                complete = false;
            }
        }

        boolean isComplete() {
            return complete;
        }

        Matched matched() {
            List<List<Matched.Target>> byLoop = new ArrayList<>();
            int cost = 0;
            for (Map.Entry<Recipient, List<Subscription>> found : sessions.entrySet()) {
                int place = place(found.getKey().loop());
                while (byLoop.size() <= place) {
                    byLoop.add(new ArrayList<>());
                }
                byLoop.get(place)
                        .add(new Matched.Target(found.getKey(), found.getValue().toArray(Subscription[]::new)));
                cost += 4 + found.getValue().size();
            }
            Matched.Target[][] targets = new Matched.Target[byLoop.size()][];
            for (int i = 0; i < targets.length; i++) {
                targets[i] = byLoop.get(i).toArray(Matched.Target[]::new);
            }
            return new Matched(targets, cost);
        }

        private int place(Loop loop) {
            for (int i = 0; i < loops.size(); i++) {
                if (loops.get(i).loop().equals(loop)) {
                    return i;
                }
            }
            throw new IllegalStateException("fan-out: a session on a loop that never joined");
        }
    }
}
