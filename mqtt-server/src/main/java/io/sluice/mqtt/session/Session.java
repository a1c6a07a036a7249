package io.sluice.mqtt.session;

import io.sluice.mqtt.auth.Permissions;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.ReasonCode;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.port.Failpoint;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.SessionState;
import io.sluice.mqtt.port.SessionState.StoredCursor;
import io.sluice.mqtt.port.SessionState.StoredSubscription;
import io.sluice.mqtt.port.SessionState.StoredWill;
import io.sluice.mqtt.port.SessionStore.Claim;
import io.sluice.mqtt.subscription.Subscription;
import io.sluice.mqtt.subscription.SubscriptionOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * A connected client's session (MQTT 5, section 4.1). Confined to its connection's loop; lives as long as the
 * connection. What outlives that is a {@link SessionState} in the store, from which the next connection makes a session
 * of its own, on whichever loop.
 *
 * <p>It takes what the tails hand over ({@link #deliver}) until its buffer is full; from then on it
 * lags in that partition: it keeps the offset, and reads the log from there when there is room.
 */
public final class Session implements Recipient {

    /** A subscription that the client asks for. */
    public record SubscribeRequest(TopicFilter filter, SubscriptionOptions options) {}

    /** How long a will waits for what its client published before. */
    static final Duration PUBLISHED_TIMEOUT = Duration.ofSeconds(5);

    private final ClientId clientId;
    private final Loop loop;
    private final Claim claim;
    private final SessionContext context;
    private final Outbound outbound;
    private final @Nullable Will will;
    private final Permissions permissions;
    private final @Nullable SessionState resumed;
    private final boolean isDiscarding;
    private final SessionSubscriptions subscriptions;
    private final SharedGroups shares;
    private final SharedSubscriptions shared;
    private final InboundQos2 inboundQos2;
    private final Releases releases;

    private final TailPositions tails;
    private final TailPositions.Follower follower = this::onTailGap;
    private final Cursors cursors;
    private final CatchUp catchUp;
    private final SendWindow window;
    private final Sender sender;
    private final Intake intake;
    private final Sinks.Empty<Void> closing = Sinks.empty();
    private final SentAhead sentAhead;
    private final Snapshots snapshots;
    private final WriteBehind writeBehind;
    private final Losses losses;
    private final List<Runnable> afterRestoring = new ArrayList<>();
    private long expirySeconds;
    private int unanswered;
    private int revoked;
    private boolean restoring;
    private boolean touched;
    private boolean answered;
    private boolean closed;
    private boolean started;
    private @Nullable Redelivery redelivery;

    /**
     * What was there.
     *
     * @param state to be taken up, or null
     * @param isDiscarded whether something was there that is not taken up
     */
    record Found(@Nullable SessionState state, boolean isDiscarded) {}

    Session(SessionRequest request, Claim claim, Found found, SessionContext context, SharedGroups shares) {
        SessionState state = found.state();
        this.isDiscarding = found.isDiscarded();
        this.clientId = request.clientId();
        this.loop = request.loop();
        this.claim = claim;
        this.context = context;
        this.outbound = request.outbound();
        this.will = request.will();
        this.permissions = request.permissions();
        this.expirySeconds = request.expirySeconds();
        this.resumed = state;
        SessionSettings settings = context.settings();
        this.subscriptions = new SessionSubscriptions(
                this, loop, context.index(), context.egress(), context.meters()::subscriptions);
        this.inboundQos2 = new InboundQos2(state == null ? Set.of() : state.receivedQos2());
        this.releases = new Releases(loop, inboundQos2, this::forget);
        this.tails = context.tails().apply(loop);
        this.cursors = new Cursors(tails);
        this.window = new SendWindow(
                Math.min(request.receiveMaximum(), settings.windowMessagesMax()),
                settings.bufferMessagesMax(),
                settings.bufferBytesMax());
        this.sender = new Sender(loop, outbound, window, context.meters(), new Durability(), this::saveLater);
        this.shares = shares;
        this.shared = new SharedSubscriptions(
                clientId,
                loop,
                shares,
                window,
                sender,
                Math.min(request.receiveMaximum(), settings.windowMessagesMax()),
                new SharedOwner());
        this.catchUp = new CatchUp(loop, context.sweeps(), cursors, new CatchUpTarget(), context.meters());
        this.intake = new Intake(clientId, subscriptions, cursors, sender, this::fallBehind);
        this.sentAhead = new SentAhead(window);
        this.snapshots = new Snapshots(subscriptions, shared, cursors, window, sentAhead, inboundQos2);
        this.writeBehind = new WriteBehind(
                clientId, loop, this::saveBehind, context.meters().unsaved());
        this.losses = new Losses(clientId, context.meters());
        context.meters().online(1);
    }

    public ClientId clientId() {
        return clientId;
    }

    @Override
    public Loop loop() {
        return loop;
    }

    /** Whether state of an earlier connection was taken up: CONNACK's Session Present [MQTT-3.2.2-3]. */
    public boolean isPresent() {
        return resumed != null;
    }

    public InboundQos2 inboundQos2() {
        return inboundQos2;
    }

    /** The claim, if the log must remember the client's QoS 2 messages with it: null for a session that is not to outlive its connection. */
    public @Nullable Claim durableClaim() {
        return isPersistent() ? claim : null;
    }

    /** The message is stored, and the log has its id where the session outlives its connection. */
    public void onReceived(int packetId) {
        if (isPersistent()) {
            claim.onReceived(packetId);
        }
        inboundQos2.onStored(packetId);
    }

    /** PUBREL has come: tells, on the loop, when PUBCOMP may go out, and whether the id was known. */
    public void onPubRel(int packetId, Consumer<Boolean> answer) {
        releases.onPubRel(packetId, isPersistent(), answer);
    }

    private void forget(List<Integer> packetIds, Runnable then) {
        if (!closed) {
            whileOpen(Mono.defer(() -> claim.forgetReceived(packetIds)), then);
        }
    }

    /** Whether the session outlives its connection. */
    public boolean isPersistent() {
        return expirySeconds > 0;
    }

    // ---- resuming -------------------------------------------------------------------------------------------------

    /**
     * Makes the session durable, where it has something to outlive its connection.
     *
     * @param then CONNACK may go out: what it says of the session is true from now on, whatever happens
     */
    public void establish(Runnable then) {
        Failpoint.CON_1.hit();
        Mono<Void> before = isDiscarding ? claim.discard() : Mono.empty();
        // Whoever does for this process what it cannot do after its death must not find the session before.
        if (isPersistent() || will != null || isDiscarding) {
            whileOpen(before.then(Mono.defer(() -> claim.save(snapshot()))), then);
        } else {
            then.run();
        }
    }

    /** Begins, after CONNACK: takes up what an earlier connection left [MQTT-3.2.0-1]. */
    public void start() {
        started = true;
        tails.follow(follower);
        if (isPersistent()) {
            writeBehind.start();
        }
        if (resumed != null) {
            resume(resumed);
        }
    }

    private void resume(SessionState state) {
        restoring = true;
        intake.followTail(false);
        List<InFlight> inFlight = new ArrayList<>();
        for (SessionState.InFlight stored : state.inFlight()) {
            InFlight delivery = InFlight.of(stored);
            window.restore(delivery);
            inFlight.add(delivery);
            sentAhead.restore(delivery, state.cursors());
        }
        Map<LogPartition, Long> joins = new ConcurrentHashMap<>();
        redelivery =
                new Redelivery(loop, context.egress(), context.settings().catchUpBytes(), inFlight, new Redelivered());
        List<Mono<Void>> restored = new ArrayList<>();
        for (StoredSubscription stored : state.subscriptions()) {
            if (!permissions.subscribe(stored.filter()).allowed()) {
                revoked++;
                if (stored.filter().isShared()) {
                    shares.forget(stored.filter(), clientId);
                }
                continue;
            }
            if (stored.filter().isShared()) {
                shared.restore(stored, expirySeconds);
                continue;
            }
            restored.add(subscriptions.restore(stored, state.cursors().keySet(), joins));
        }
        whileOpen(Mono.when(restored), () -> onRestored(state.cursors(), joins));
        redelivery.start();
    }

    /** Whether the client may still read there: a delivery that it did not finish is not sent again otherwise. */
    private boolean mayReceive(Message message) {
        return permissions == Permissions.ALL
                || permissions
                        .subscribe(TopicFilter.of(message.topicName().value()))
                        .allowed();
    }

    /** Runs the task on the loop when the work is done, unless the session is closed by then. */
    private void whileOpen(Mono<Void> work, Runnable then) {
        work.takeUntilOther(closing.asMono())
                .subscribe(
                        ignored -> {},
                        error -> loop.execute(() -> outbound.fail(error)),
                        () -> loop.execute(() -> {
                            if (!closed) {
                                then.run();
                            }
                        }));
    }

    private void onRestored(Map<LogPartition, StoredCursor> stored, Map<LogPartition, Long> joins) {
        restoring = false;
        intake.followTail(true);
        Map<LogPartition, Long> starts = subscriptions.firstStarts();
        if (revoked == 0) {
            stored.keySet().stream()
                    .filter(partition -> !starts.containsKey(partition))
                    .forEach(losses::voided);
        }
        starts.forEach((partition, start) -> {
            if (cursors.reading(partition) == null) {
                StoredCursor cursor = stored.get(partition);
                // A partition without a cursor appeared while the client was away: it is read from its beginning.
                long next = cursor == null ? start : cursor.next();
                cursors.lag(partition, next, joins.getOrDefault(partition, 0L));
                catchUp.add(partition);
            }
        });
        afterRestoring.forEach(Runnable::run);
        afterRestoring.clear();
        progress();
    }

    private final class Redelivered implements Redelivery.Done {
        @Override
        public void onFetched(InFlight delivery, @Nullable Message message) {
            if (!delivery.unsent) {
                // The client has answered already what it got on the earlier connection.
                return;
            }
            if (delivery.state == InFlight.State.RELEASED) {
                sender.resendRelease(delivery);
            } else if (message != null && !mayReceive(message)) {
                sender.abandon(delivery);
            } else if (message == null) {
                sender.abandon(delivery);
                LogPartition partition = delivery.partition;
                if (partition != null) {
                    losses.lost(partition, 1);
                }
            } else {
                TopicFilter share = delivery.share;
                sender.resend(
                        share == null ? intake.resend(delivery, message) : shared.resend(delivery, message, share));
            }
        }

        @Override
        public void onDone() {
            redelivery = null;
            progress();
        }
    }

    /** How many of an earlier connection's subscriptions were not taken up, since they are not allowed any more. */
    public int revokedCount() {
        return revoked;
    }

    // ---- subscribing ----------------------------------------------------------------------------------------------

    /**
     * Subscribes. The answer comes when all of it is in effect: what is published after the SUBACK is delivered.
     *
     * @param requests what is asked for, all legal
     * @param reply told on the loop, with a code for each request; retained messages follow it
     */
    public void subscribe(List<SubscribeRequest> requests, Consumer<List<ReasonCode>> reply) {
        if (restoring) {
            afterRestoring.add(() -> subscribe(requests, reply));
            return;
        }
        // What it catches up with from here on must be matched against the new filters, too.
        catchUp.getOff();
        SubscribeExchange exchange = new SubscribeExchange(requests, subscriptions, shared);
        Mono<Void> opened = exchange.open(context.settings().subscriptionsMax(), expirySeconds);
        unanswered++;
        whileOpen(opened, () -> {
            Failpoint.SUB_1.hit();
            save(() -> onSubscribed(exchange, reply));
        });
    }

    private void save(Runnable then) {
        if (isPersistent()) {
            whileOpen(claim.save(snapshot()), then);
        } else {
            then.run();
        }
    }

    /** QoS 2 in a session that dies with its connection keeps this in memory. */
    private final class Durability implements Sender.Durability {
        @Override
        public void store(InFlight delivery, Runnable then) {
            if (isPersistent()) {
                whileOpen(claim.saveDelivery(delivery.stored()), () -> {
                    then.run();
                    sender.flush();
                });
            } else {
                then.run();
            }
        }

        @Override
        public void storeFirst(InFlight delivery, Runnable then, Runnable withdrawn) {
            SharedHandout handout = delivery.handout;
            store(delivery, handout == null ? then : () -> settle(handout, then, withdrawn));
        }

        /** First it is this session's, durably, and then nobody else's: in between two may have it, but not none. */
        private void settle(SharedHandout handout, Runnable then, Runnable withdrawn) {
            if (handout.isEnded()) {
                then.run();
                return;
            }
            handout.settle(granted -> {
                if (!closed) {
                    (granted ? then : withdrawn).run();
                    progress();
                }
            });
        }
    }

    private final class SharedOwner implements SharedSubscriptions.Owner {
        @Override
        public boolean isReady() {
            return !restoring && redelivery == null;
        }

        @Override
        public void progress() {
            Session.this.progress();
        }
    }

    private Mono<Void> saveBehind() {
        Failpoint saved = window.isAcknowledgedAhead() ? Failpoint.O1_3 : Failpoint.O1_1B;
        return claim.save(snapshot()).doOnSuccess(ignored -> saved.hit());
    }

    private void saveLater() {
        if (isPersistent()) {
            writeBehind.later();
        }
    }

    private void onSubscribed(SubscribeExchange exchange, Consumer<List<ReasonCode>> reply) {
        Failpoint.SUB_2.hit();
        unanswered--;
        exchange.answer();
        reply.accept(exchange.codes());
        for (SubscribeRequest request : exchange.fed()) {
            RetainedFeed feed = new RetainedFeed(loop, request.options(), this::progress);
            sender.feed(request.filter(), feed);
            feed.start(context.retained().match(request.filter(), loop.epochMillis()));
        }
        progress();
    }

    /** The filters that the client is subscribed to. On the loop. */
    public Set<TopicFilter> filters() {
        Set<TopicFilter> filters = new HashSet<>(subscriptions.filters());
        filters.addAll(shared.filters());
        return filters;
    }

    /** Unsubscribes from filters given by their text [MQTT-3.10.4-1]; the answer comes when that is durable. */
    public void unsubscribe(List<String> filters, Consumer<List<ReasonCode>> reply) {
        if (restoring) {
            afterRestoring.add(() -> unsubscribe(filters, reply));
            return;
        }
        List<ReasonCode> codes = new ArrayList<>();
        for (String filter : filters) {
            boolean removed = TopicFilter.problem(filter) == null && remove(TopicFilter.of(filter));
            codes.add(removed ? ReasonCode.SUCCESS : ReasonCode.NO_SUBSCRIPTION_EXISTED);
        }
        Failpoint.UNS_1.hit();
        save(() -> {
            Failpoint.UNS_2.hit();
            reply.accept(codes);
            progress();
        });
    }

    private boolean remove(TopicFilter filter) {
        return filter.isShared() ? shared.remove(filter) : subscriptions.remove(filter);
    }

    // ---- delivering -----------------------------------------------------------------------------------------------

    @Override
    public void deliver(OutboundMessage outbound, LogPartition partition, long offset, Subscription[] found) {
        if (!closed && !sentAhead.contains(partition, offset)) {
            intake.takeFromTail(outbound, partition, offset, found);
        }
    }

    @Override
    public void tell(OutboundMessage message, Subscription subscription) {
        if (!closed && subscription.isActive() && subscription.isAnswered()) {
            intake.take(message, subscription);
            sender.flush();
        }
    }

    private void fallBehind(LogPartition partition, long offset) {
        // The index has its subscriptions from here on in any case: it may join the tail wherever it meets it.
        cursors.lag(partition, offset, 0);
        catchUp.add(partition);
    }

    private final class CatchUpTarget implements CatchUp.Target {
        @Override
        public boolean hasRoom() {
            return redelivery == null && unanswered == 0 && window.isBufferLow();
        }

        @Override
        public int room() {
            return window.roomCount();
        }

        @Override
        public Collection<TopicFilter> filters() {
            return subscriptions.filtersAboveQos0();
        }

        @Override
        public boolean offer(LogPartition partition, OutboundMessage outboundMessage, long offset) {
            return sentAhead.contains(partition, offset) || intake.offerFromSweep(outboundMessage, partition, offset);
        }

        @Override
        public void flush() {
            sender.pump();
            sender.flush();
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

    /** The tail could not read what retention had deleted, and this session follows the tail. */
    private void onTailGap(LogPartition partition, long from, long to) {
        PartitionReading reading = cursors.reading(partition);
        boolean reads = reading == null || reading.joined;
        // Who lags is told by its sweep.
        if (closed || restoring || !reads || !subscriptions.isOwed(partition)) {
            return;
        }
        long start = subscriptions.firstStarts().getOrDefault(partition, 0L);
        long first = Math.max(Math.max(from, start), reading == null ? 0 : reading.next());
        if (first < to) {
            losses.lost(partition, to - first);
        }
    }

    /** Sends what waits, reads on where it lags, and flushes. */
    private void progress() {
        if (!closed) {
            sender.pump();
            shared.pump();
            if (!touched) {
                // Within a batch the loop's tail is not where it will be: afterBatch reads on.
                catchUp.readOn();
            }
            sender.flush();
        }
    }

    /** The socket takes more again. */
    public void onWritable() {
        progress();
    }

    @Override
    public boolean touch() {
        boolean first = !touched;
        touched = true;
        return first;
    }

    /** Flushes what a batch from the tail has written, and starts catching up where it made the session lag. */
    @Override
    public void afterBatch() {
        touched = false;
        if (!closed) {
            catchUp.readOn();
            sender.flush();
        }
    }

    /** All answers that came at once were given to the session: fills the window again, in one write. */
    public void afterAnswers() {
        if (answered) {
            answered = false;
            progress();
        }
    }

    /** PUBACK has come; {@link #afterAnswers} must follow, as for the others. */
    public void onPubAck(int packetId) {
        sender.onPubAck(packetId);
        answered = true;
    }

    public void onPubRec(int packetId, boolean isError) {
        sender.onPubRec(packetId, isError);
        answered = true;
    }

    public void onPubComp(int packetId) {
        sender.onPubComp(packetId);
        answered = true;
    }

    // ---- ending ---------------------------------------------------------------------------------------------------

    /** The client changed its Session Expiry Interval in DISCONNECT (section 3.14.2.2.2), in seconds. */
    public void expirySeconds(long newExpirySeconds) {
        expirySeconds = context.settings().grantedExpirySeconds(newExpirySeconds);
    }

    /**
     * The connection is gone: leaves the state behind, or ends the session. A will that is due now comes after what its
     * client published, unless that takes longer than {@link #PUBLISHED_TIMEOUT}; at QoS 2 in any case.
     *
     * @param whenPublished runs a task as soon as all that the client published has its outcome; on the loop
     */
    public void close(Ending ending, Consumer<Runnable> whenPublished) {
        if (closed) {
            return;
        }
        long now = loop.latestEpochMillis();
        @Nullable StoredWill delayed = will == null ? null : willAfter(ending, will, now);
        // A session that nobody was told of is none.
        boolean isKnown = started || resumed != null;
        // One that ends here is left behind as well while its will is to be published.
        boolean isLeft = isKnown && (isPersistent() || delayed != null);
        long expiry = Sessions.expiryEpochMillis(now, expirySeconds);
        if (delayed != null && delayed.drained()) {
            // What is left behind with the will must not end before it.
            expiry = Math.max(expiry, delayed.dueEpochMillis());
        }
        SessionState left = isLeft ? snapshot(delayed, expiry) : null;
        closed = true;
        writeBehind.close();
        tails.unfollow(follower);
        closing.tryEmitEmpty();
        if (redelivery != null) {
            redelivery.close();
        }
        catchUp.close();
        sender.close();
        subscriptions.close();
        shared.close(left == null ? 0 : expirySeconds);
        context.meters().online(-1);
        // Who comes next must know every QoS 2 id that was stored, or the client's repetition is a second message.
        Runnable release = () -> inboundQos2.whenSettled(
                () -> claim.release(left == null ? null : left.withReceivedQos2(inboundQos2.received())));
        if (delayed == null || delayed.dueEpochMillis() > now) {
            // The client may be back before a will that waits is due: whoever claims must not wait as well.
            release.run();
        } else {
            AtLatest.run(release, whenPublished, PUBLISHED_TIMEOUT, loop);
        }
    }

    /** The will, with the time when it is due, or null: now when it has no delay or the session ends now. */
    private @Nullable StoredWill willAfter(Ending ending, Will due, long now) {
        long delaySeconds = Math.min(due.delaySeconds(), expirySeconds);
        // What is due now is due by every clock.
        StoredWill lost = due.stored().dueAt(delaySeconds <= 0 ? 0 : now + delaySeconds * 1000);
        return switch (ending) {
            case GOODBYE -> null;
            case LOST -> lost;
            case DRAINED ->
                lost.drainedUntil(now + context.settings().drainGrace().toMillis());
        };
    }

    /** The state of a session that is held: it does not expire meanwhile. */
    private SessionState snapshot() {
        return snapshot(will == null ? null : will.stored(), Long.MAX_VALUE);
    }

    private SessionState snapshot(@Nullable StoredWill storedWill, long expiryEpochMillis) {
        SessionState state;
        if (resumed != null && !started) {
            // Nothing of it is taken up yet.
            state = resumed;
        } else {
            state = snapshots.take(restoring ? resumed : null);
        }
        return state.expiring(expirySeconds, expiryEpochMillis).withWill(storedWill);
    }
}
