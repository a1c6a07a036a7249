package io.sluice.mqtt.session;

import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.ReasonCode;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.SessionState;
import io.sluice.mqtt.port.SessionState.StoredCursor;
import io.sluice.mqtt.port.SessionState.StoredSubscription;
import io.sluice.mqtt.port.SessionStore.Claim;
import io.sluice.mqtt.subscription.Subscriber;
import io.sluice.mqtt.subscription.Subscription;
import io.sluice.mqtt.subscription.SubscriptionOptions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
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
public final class Session implements Subscriber {

    /** A subscription that the client asks for. */
    public record SubscribeRequest(TopicFilter filter, SubscriptionOptions options) {}

    private final ClientId clientId;
    private final Loop loop;
    private final Claim claim;
    private final SessionContext context;
    private final Outbound outbound;
    private final @Nullable Will will;
    private final @Nullable SessionState resumed;
    private final SessionSubscriptions subscriptions;
    private final InboundQos2 inboundQos2;
    private final Cursors cursors;
    private final CatchUp catchUp;
    private final SendWindow window;
    private final Sender sender;
    private final Match match = new Match();
    private final Sinks.Empty<Void> closing = Sinks.empty();
    private final List<Runnable> afterRestoring = new ArrayList<>();
    private long expirySeconds;
    private int unanswered;
    private boolean restoring;
    private boolean touched;
    private boolean answered;
    private boolean closed;
    private @Nullable Redelivery redelivery;

    Session(SessionRequest request, Claim claim, @Nullable SessionState state, SessionContext context) {
        this.clientId = request.clientId();
        this.loop = request.loop();
        this.claim = claim;
        this.context = context;
        this.outbound = request.outbound();
        this.will = request.will();
        this.expirySeconds = request.expirySeconds();
        this.resumed = state;
        SessionSettings settings = context.settings();
        this.subscriptions = new SessionSubscriptions(this, loop, context.index(), context.egress(), context.meters());
        this.inboundQos2 = new InboundQos2(state == null ? Set.of() : state.receivedQos2());
        TailPositions tails = context.tails().apply(loop);
        this.cursors = new Cursors(tails);
        this.window = new SendWindow(
                Math.min(request.receiveMaximum(), settings.windowMessagesMax()),
                settings.bufferMessagesMax(),
                settings.bufferBytesMax());
        this.sender = new Sender(loop, outbound, window, context.meters());
        this.catchUp = new CatchUp(loop, context.sweeps(), cursors, new CatchUpTarget(), context.meters());
        context.meters().online(1);
    }

    public ClientId clientId() {
        return clientId;
    }

    /** The loop that the session is confined to. Any thread. */
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

    /** Whether the session outlives its connection. */
    public boolean isPersistent() {
        return expirySeconds > 0;
    }

    // ---- resuming -------------------------------------------------------------------------------------------------

    /** Begins, after CONNACK: takes up what an earlier connection left [MQTT-3.2.0-1]. */
    public void start() {
        if (resumed != null) {
            resume(resumed);
        }
    }

    private void resume(SessionState state) {
        restoring = true;
        List<InFlight> inFlight = new ArrayList<>();
        for (SessionState.InFlight stored : state.inFlight()) {
            InFlight delivery = InFlight.of(stored);
            window.restore(delivery);
            inFlight.add(delivery);
        }
        Map<LogPartition, Long> joins = new ConcurrentHashMap<>();
        redelivery =
                new Redelivery(loop, context.egress(), context.settings().catchUpBytes(), inFlight, new Redelivered());
        List<Mono<Void>> restored = new ArrayList<>();
        for (StoredSubscription stored : state.subscriptions()) {
            restored.add(subscriptions.restore(stored, state.cursors().keySet(), joins));
        }
        whileOpen(Mono.when(restored), () -> onRestored(state.cursors(), joins));
        redelivery.start();
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
        subscriptions.firstStarts().forEach((partition, start) -> {
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
            if (delivery.state == InFlight.State.RELEASED) {
                sender.resendRelease(delivery);
            } else if (message == null) {
                sender.abandon(delivery);
            } else {
                matchOwn(message, delivery);
                boolean retain = delivery.retained != null || match.retain(message);
                sender.resend(new Sender.Resend(delivery, new OutboundMessage(message), retain, match.identifiers()));
            }
        }

        @Override
        public void onDone() {
            redelivery = null;
            progress();
        }
    }

    private void matchOwn(Message message, InFlight delivery) {
        match.reset();
        LogPartition partition = delivery.partition;
        if (partition != null) {
            subscriptions.match(
                    message.topicName(),
                    partition,
                    delivery.offset,
                    subscription -> match.add(subscription, message, clientId));
        }
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
        List<ReasonCode> codes = new ArrayList<>();
        List<SubscribeRequest> fed = new ArrayList<>();
        List<Mono<Void>> opened = new ArrayList<>();
        for (SubscribeRequest request : requests) {
            boolean isNew = !subscriptions.contains(request.filter());
            if (isNew && subscriptions.size() >= context.settings().subscriptionsMax()) {
                codes.add(ReasonCode.QUOTA_EXCEEDED);
                continue;
            }
            opened.add(subscriptions.add(request.filter(), request.options()));
            codes.add(granted(request.options().qos()));
            int handling = request.options().retainHandling();
            if (handling == SubscriptionOptions.SEND_RETAINED
                    || (handling == SubscriptionOptions.SEND_RETAINED_IF_NEW && isNew)) {
                fed.add(request);
            }
        }
        unanswered++;
        whileOpen(Mono.when(opened), () -> save(() -> onSubscribed(requests, codes, fed, reply)));
    }

    private void save(Runnable then) {
        if (isPersistent()) {
            whileOpen(claim.save(snapshot(null)), then);
        } else {
            then.run();
        }
    }

    private void onSubscribed(
            List<SubscribeRequest> requests,
            List<ReasonCode> codes,
            List<SubscribeRequest> fed,
            Consumer<List<ReasonCode>> reply) {
        unanswered--;
        requests.forEach(request -> subscriptions.answer(request.filter()));
        reply.accept(codes);
        for (SubscribeRequest request : fed) {
            RetainedFeed feed = new RetainedFeed(loop, request.options(), this::progress);
            sender.feed(request.filter(), feed);
            feed.start(context.retained().match(request.filter(), loop.epochMillis()));
        }
        progress();
    }

    private static ReasonCode granted(Qos qos) {
        return switch (qos) {
            case AT_MOST_ONCE -> ReasonCode.SUCCESS;
            case AT_LEAST_ONCE -> ReasonCode.GRANTED_QOS_1;
            case EXACTLY_ONCE -> ReasonCode.GRANTED_QOS_2;
        };
    }

    /** Unsubscribes from filters given by their text [MQTT-3.10.4-1]; the answer comes when that is durable. */
    public void unsubscribe(List<String> filters, Consumer<List<ReasonCode>> reply) {
        if (restoring) {
            afterRestoring.add(() -> unsubscribe(filters, reply));
            return;
        }
        List<ReasonCode> codes = new ArrayList<>();
        for (String filter : filters) {
            boolean removed = TopicFilter.problem(filter) == null && subscriptions.remove(TopicFilter.of(filter));
            codes.add(removed ? ReasonCode.SUCCESS : ReasonCode.NO_SUBSCRIPTION_EXISTED);
        }
        save(() -> {
            reply.accept(codes);
            progress();
        });
    }

    // ---- delivering -----------------------------------------------------------------------------------------------

    /**
     * Takes a record from the tail.
     *
     * @param found the session's subscriptions that match and admit it
     */
    public void deliver(OutboundMessage outbound, LogPartition partition, long offset, Subscription[] found) {
        if (closed) {
            return;
        }
        match.reset();
        boolean early = false;
        for (Subscription subscription : found) {
            if (subscription.isActive()) {
                match.add(subscription, outbound.message(), clientId);
                early |= !subscription.isAnswered();
            }
        }
        if (!match.isMatched()) {
            return;
        }
        Delivery delivery = delivery(outbound, partition, offset, DeliverySource.TAIL);
        if (delivery.qos() == Qos.AT_MOST_ONCE) {
            if (!early) {
                sender.offerAtMostOnce(delivery);
            } else {
                offerToAnswered(outbound, partition, offset, found);
            }
        } else if (!restoring && cursors.takesFromTail(partition, offset) && (early || !sender.offer(delivery))) {
            // Full, or its SUBACK is not out yet. The index has these subscriptions from here on in any case: the
            // session may join the tail wherever it meets it.
            cursors.lag(partition, offset, 0);
            catchUp.add(partition);
        }
    }

    /** At QoS 0 a subscription without its SUBACK misses what comes; the others that match do not. */
    private void offerToAnswered(OutboundMessage outbound, LogPartition partition, long offset, Subscription[] found) {
        match.reset();
        for (Subscription subscription : found) {
            if (subscription.isActive() && subscription.isAnswered()) {
                match.add(subscription, outbound.message(), clientId);
            }
        }
        if (match.isMatched()) {
            sender.offerAtMostOnce(delivery(outbound, partition, offset, DeliverySource.TAIL));
        }
    }

    private Delivery delivery(OutboundMessage outbound, LogPartition partition, long offset, DeliverySource source) {
        Message message = outbound.message();
        return new Delivery(
                outbound, partition, offset, match.qos(message), match.retain(message), match.identifiers(), source);
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
            Message message = outboundMessage.message();
            match.reset();
            subscriptions.match(
                    message.topicName(), partition, offset, subscription -> match.add(subscription, message, clientId));
            // What is at QoS 0 for this session comes from the tail, or not at all.
            if (!match.isMatched() || match.qos(message) == Qos.AT_MOST_ONCE) {
                return true;
            }
            return sender.offer(delivery(outboundMessage, partition, offset, DeliverySource.SWEEP));
        }

        @Override
        public void flush() {
            sender.pump();
            sender.flush();
        }
    }

    /** Sends what waits, reads on where it lags, and flushes. */
    private void progress() {
        if (!closed) {
            sender.pump();
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

    /** Whether this is the first record of a batch, so that {@link #afterBatch} must follow. */
    public boolean touch() {
        boolean first = !touched;
        touched = true;
        return first;
    }

    /** Flushes what a batch from the tail has written, and starts catching up where it made the session lag. */
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
        expirySeconds =
                Math.min(newExpirySeconds, context.settings().expiryMax().toSeconds());
    }

    /**
     * The connection is gone: leaves the state behind, or ends the session.
     *
     * @param withWill whether the will is due: unless the client said a normal goodbye [MQTT-3.1.2-10]
     */
    public void close(boolean withWill) {
        if (closed) {
            return;
        }
        SessionState.@Nullable StoredWill delayed = withWill && will != null ? dueWill(will) : null;
        SessionState left = isPersistent() ? snapshot(delayed) : null;
        closed = true;
        closing.tryEmitEmpty();
        if (redelivery != null) {
            redelivery.close();
        }
        catchUp.close();
        sender.close();
        subscriptions.close();
        context.meters().online(-1);
        if (left == null) {
            claim.release(null);
        } else {
            // Who comes next must know every QoS 2 id that was stored, or the client's repetition is a second message.
            inboundQos2.whenSettled(() -> claim.release(left.withReceivedQos2(inboundQos2.received())));
        }
    }

    /** Publishes the will at once when it has no delay or the session ends now; else returns it to be kept. */
    private SessionState.@Nullable StoredWill dueWill(Will due) {
        long delaySeconds = Math.min(due.delaySeconds(), expirySeconds);
        if (delaySeconds <= 0) {
            context.wills().accept(due.at(loop.epochMillis()));
            return null;
        }
        long dueEpochMillis = loop.epochMillis() + delaySeconds * 1000;
        return new SessionState.StoredWill(due.at(dueEpochMillis), dueEpochMillis);
    }

    private SessionState snapshot(SessionState.@Nullable StoredWill delayed) {
        Map<LogPartition, Long> positions = positions();
        Map<LogPartition, StoredCursor> stored = new HashMap<>();
        positions.forEach((partition, position) -> stored.put(partition, new StoredCursor(position)));
        List<SessionState.InFlight> inFlight = new ArrayList<>();
        window.inFlight().forEach(delivery -> inFlight.add(delivery.stored()));
        return new SessionState(
                Sessions.expiryEpochMillis(loop.epochMillis(), expirySeconds),
                subscriptions.stored(positions),
                stored,
                inFlight,
                inboundQos2.received(),
                delayed);
    }

    private Map<LogPartition, Long> positions() {
        Map<LogPartition, Long> positions = new HashMap<>();
        if (restoring && resumed != null) {
            // Not taken up yet: it stands where it stood.
            resumed.cursors().forEach((partition, cursor) -> positions.put(partition, cursor.next()));
            return positions;
        }
        subscriptions
                .firstStarts()
                .forEach((partition, start) -> positions.put(
                        partition, Math.min(cursors.position(partition, start), window.lowestBuffered(partition))));
        return positions;
    }
}
