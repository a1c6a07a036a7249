package io.sluice.mqtt.session;

import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.SessionState;
import io.sluice.mqtt.port.SessionState.StoredCursor;
import io.sluice.mqtt.port.SessionState.StoredSubscription;
import io.sluice.mqtt.subscription.Subscription;
import io.sluice.mqtt.subscription.SubscriptionOptions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Reads the log for a group: at the tail as long as the dispatch takes what comes, else by sweeps from where it stands, as
 * a session does. Lives as long as one claim; confined to the group's loop.
 */
final class SharedReader implements Recipient {

    private static final SubscriptionOptions OPTIONS = new SubscriptionOptions(Qos.EXACTLY_ONCE, false, true, 2, 0);

    private final Loop loop;
    private final SessionContext context;
    private final TopicFilter filter;
    private final SharedDispatch<?> dispatch;
    private final Consumer<Throwable> onError;
    private final long era;
    private final SessionSubscriptions subscriptions;
    private final TailPositions tails;
    private final TailPositions.Follower follower = this::onTailGap;
    private final Cursors cursors;
    private final CatchUp catchUp;
    private final Losses losses;
    private final Sinks.Empty<Void> closing = Sinks.empty();
    private @Nullable SessionState restoring;
    private @Nullable Redelivery redelivery;
    private boolean open;
    private boolean touched;
    private boolean closed;

    /**
     * @param groupId by which the group is known in the store, and in the log's messages
     * @param filter what is shared, without the share
     * @param era of the claim
     * @param onError told when the log could not be asked
     */
    SharedReader(
            ClientId groupId,
            TopicFilter filter,
            Loop loop,
            SessionContext context,
            SharedDispatch<?> dispatch,
            long era,
            Consumer<Throwable> onError) {
        this.loop = loop;
        this.context = context;
        this.filter = filter;
        this.dispatch = dispatch;
        this.era = era;
        this.onError = onError;
        this.subscriptions = new SessionSubscriptions(this, loop, context.index(), context.egress(), change -> {});
        this.tails = context.tails().apply(loop);
        this.cursors = new Cursors(tails);
        this.catchUp = new CatchUp(loop, context.sweeps(), cursors, new CatchUpTarget(), context.meters());
        this.losses = new Losses(groupId, context.meters());
    }

    /**
     * Begins, where the group stood or at the end of the log.
     *
     * @param stored what the group has left, or null
     * @param then told when it is fixed where the group begins
     */
    void start(@Nullable SessionState stored, Runnable then) {
        tails.follow(follower);
        if (stored == null) {
            whileOpen(subscriptions.add(filter, OPTIONS), () -> onOpen(then));
            return;
        }
        restoring = stored;
        Map<LogPartition, Long> joins = new ConcurrentHashMap<>();
        List<InFlight> inFlight = new ArrayList<>();
        for (SessionState.InFlight one : stored.inFlight()) {
            LogPartition partition = one.partition();
            if (partition != null) {
                inFlight.add(InFlight.of(one));
                dispatch.expect(partition, one.offset());
            }
        }
        redelivery =
                new Redelivery(loop, context.egress(), context.settings().catchUpBytes(), inFlight, new Redelivered());
        Map<LogPartition, Long> starts = new HashMap<>();
        stored.subscriptions().forEach(one -> starts.putAll(one.starts()));
        StoredSubscription subscription = new StoredSubscription(
                filter,
                OPTIONS.qos(),
                OPTIONS.noLocal(),
                OPTIONS.retainAsPublished(),
                OPTIONS.retainHandling(),
                OPTIONS.identifier(),
                starts);
        whileOpen(subscriptions.restore(subscription, stored.cursors().keySet(), joins), () -> {
            onRestored(stored.cursors(), joins);
            onOpen(then);
        });
        redelivery.start();
    }

    private void whileOpen(Mono<Void> work, Runnable then) {
        work.takeUntilOther(closing.asMono())
                .subscribe(
                        ignored -> {},
                        error -> loop.execute(() -> {
                            if (!closed) {
                                onError.accept(error);
                            }
                        }),
                        () -> loop.execute(() -> {
                            if (!closed) {
                                then.run();
                            }
                        }));
    }

    private void onOpen(Runnable then) {
        open = true;
        subscriptions.answer(filter);
        then.run();
        progress();
    }

    private void onRestored(Map<LogPartition, StoredCursor> stored, Map<LogPartition, Long> joins) {
        restoring = null;
        Map<LogPartition, Long> starts = subscriptions.firstStarts();
        stored.keySet().stream()
                .filter(partition -> !starts.containsKey(partition))
                .forEach(losses::voided);
        starts.forEach((partition, start) -> {
            StoredCursor cursor = stored.get(partition);
            // A partition without a cursor appeared while nobody was there: it is read from its beginning.
            cursors.lag(partition, cursor == null ? start : cursor.next(), joins.getOrDefault(partition, 0L));
            catchUp.add(partition);
        });
    }

    private final class Redelivered implements Redelivery.Done {
        @Override
        public void onFetched(InFlight delivery, @Nullable Message message) {
            LogPartition partition = delivery.partition;
            if (partition == null) {
                return;
            }
            if (message == null) {
                dispatch.lost(partition, delivery.offset);
                losses.lost(partition, 1);
            } else {
                dispatch.redeliver(new SharedMessage(
                        new OutboundMessage(message), partition, delivery.offset, DeliverySource.SWEEP, era));
            }
        }

        @Override
        public void onDone() {
            redelivery = null;
            dispatch.pump();
            progress();
        }
    }

    // ---- reading --------------------------------------------------------------------------------------------------

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public boolean touch() {
        boolean first = !touched;
        touched = true;
        return first;
    }

    @Override
    public void deliver(OutboundMessage outbound, LogPartition partition, long offset, Subscription[] found) {
        if (closed || restoring != null || !cursors.takesFromTail(partition, offset)) {
            return;
        }
        // Before it is fixed where the group begins, and before what comes again, nothing is handed over.
        boolean isReady = open && redelivery == null;
        if (!isReady || !dispatch.offer(new SharedMessage(outbound, partition, offset, DeliverySource.TAIL, era))) {
            cursors.lag(partition, offset, 0);
            catchUp.add(partition);
        }
    }

    @Override
    public void afterBatch() {
        touched = false;
        progress();
    }

    /** Reads on where the group lags, when there is room. */
    void progress() {
        if (!closed && !touched) {
            catchUp.readOn();
        }
    }

    private void onTailGap(LogPartition partition, long from, long to) {
        PartitionReading reading = cursors.reading(partition);
        boolean reads = reading == null || reading.joined;
        if (closed || restoring != null || !reads || !subscriptions.isOwed(partition)) {
            return;
        }
        long start = subscriptions.firstStarts().getOrDefault(partition, 0L);
        long first = Math.max(Math.max(from, start), reading == null ? 0 : reading.next());
        if (first < to) {
            losses.lost(partition, to - first);
        }
    }

    private final class CatchUpTarget implements CatchUp.Target {
        @Override
        public boolean hasRoom() {
            return open && redelivery == null && dispatch.isLow();
        }

        @Override
        public int room() {
            return dispatch.roomCount();
        }

        @Override
        public Collection<TopicFilter> filters() {
            return subscriptions.filtersAboveQos0();
        }

        @Override
        public boolean offer(LogPartition partition, OutboundMessage message, long offset) {
            boolean[] admitted = new boolean[1];
            subscriptions.match(message.message().topicName(), partition, offset, subscription -> admitted[0] = true);
            return !admitted[0]
                    || dispatch.offer(new SharedMessage(message, partition, offset, DeliverySource.SWEEP, era));
        }

        @Override
        public void flush() {
            // The members flush by themselves.
        }

        @Override
        public void onLost(LogPartition partition, long records) {
            losses.lost(partition, records);
        }

        @Override
        public void onVoid(LogPartition partition) {
            losses.voided(partition);
        }
    }

    // ---- what is left ---------------------------------------------------------------------------------------------

    /** Where it stands: all below was given to the dispatch. */
    Map<LogPartition, StoredCursor> cursors() {
        SessionState notYet = restoring;
        if (notYet != null) {
            return notYet.cursors();
        }
        Map<LogPartition, StoredCursor> positions = new HashMap<>();
        subscriptions
                .firstStarts()
                .forEach((partition, start) ->
                        positions.put(partition, new StoredCursor(cursors.position(partition, start))));
        return positions;
    }

    /** What it reads, under the name of the share. */
    StoredSubscription subscription(TopicFilter shared, Map<LogPartition, StoredCursor> positions) {
        Map<LogPartition, Long> nexts = new HashMap<>();
        positions.forEach((partition, cursor) -> nexts.put(partition, cursor.next()));
        Map<LogPartition, Long> starts = new HashMap<>();
        subscriptions.stored(nexts).forEach(one -> starts.putAll(one.starts()));
        return new StoredSubscription(
                shared,
                OPTIONS.qos(),
                OPTIONS.noLocal(),
                OPTIONS.retainAsPublished(),
                OPTIONS.retainHandling(),
                OPTIONS.identifier(),
                starts);
    }

    void close() {
        if (closed) {
            return;
        }
        closed = true;
        tails.unfollow(follower);
        closing.tryEmitEmpty();
        if (redelivery != null) {
            redelivery.close();
        }
        catchUp.close();
        subscriptions.close();
    }
}
