package io.sluice.mqtt.session;

import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.LoopMailbox;
import io.sluice.mqtt.port.SessionState.StoredSubscription;
import io.sluice.mqtt.subscription.SubscriptionOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The shared subscriptions of one connected session (MQTT 5, section 4.8.2): takes what its groups hand over, and says what
 * has become of it. Confined to the session's loop.
 */
final class SharedSubscriptions {

    /** What it does for a session. */
    interface Owner {
        /** Whether messages may go out: not before those that an earlier connection left are known. */
        boolean isReady();

        /** There is something new to send. */
        void progress();
    }

    private final ClientId clientId;
    private final Loop loop;
    private final SharedGroups groups;
    private final SendWindow window;
    private final Sender sender;
    private final int credit;
    private final Owner owner;
    private final LoopMailbox<SharedHandout> inbox;
    private final Map<TopicFilter, Membership> memberships = new LinkedHashMap<>();
    /** Left, with messages on their way out at QoS 2. */
    private final Set<Membership> leaving = new HashSet<>();

    private boolean closed;

    /**
     * @param credit most messages that a group may hand over without an answer
     */
    SharedSubscriptions(
            ClientId clientId,
            Loop loop,
            SharedGroups groups,
            SendWindow window,
            Sender sender,
            int credit,
            Owner owner) {
        this.clientId = clientId;
        this.loop = loop;
        this.groups = groups;
        this.window = window;
        this.sender = sender;
        this.credit = credit;
        this.owner = owner;
        this.inbox = new LoopMailbox<>(loop, this::onHandout, this::afterHandouts);
    }

    /** A place in one group. */
    final class Membership implements SharedGroup.Member {
        private final TopicFilter filter;
        private final Sinks.Empty<Void> joined = Sinks.empty();
        private final Deque<SharedHandout> waiting = new ArrayDeque<>();
        private final Set<SharedHandout> handouts = new LinkedHashSet<>();
        private final @Nullable StoredSubscription restored;
        private SubscriptionOptions options;
        private volatile @Nullable SharedGroup group;
        private boolean member;
        private boolean answered;
        private boolean active = true;

        Membership(TopicFilter filter, SubscriptionOptions options, @Nullable StoredSubscription restored) {
            this.filter = filter;
            this.options = options;
            this.restored = restored;
        }

        TopicFilter filter() {
            return filter;
        }

        @Override
        public ClientId clientId() {
            return clientId;
        }

        @Override
        public int credit() {
            return credit;
        }

        @Override
        public void hand(SharedMessage message) {
            inbox.post(new SharedHandout(message, this));
        }

        @Override
        public void seat(SharedGroup newGroup) {
            group = newGroup;
        }

        /** The group, which hands over nothing before it has said so. */
        SharedGroup group() {
            SharedGroup known = group;
            if (known == null) {
                throw new IllegalStateException("shared subscription: a message of no group");
            }
            return known;
        }

        void execute(Runnable task) {
            loop.execute(task);
        }

        void ended(SharedHandout handout) {
            handouts.remove(handout);
            if (!active && handouts.isEmpty()) {
                leaving.remove(this);
            }
        }

        private void onJoined() {
            member = true;
            joined.tryEmitEmpty();
        }
    }

    int size() {
        return memberships.size();
    }

    boolean contains(TopicFilter filter) {
        return memberships.containsKey(filter);
    }

    Set<TopicFilter> filters() {
        return Set.copyOf(memberships.keySet());
    }

    // ---- subscribing ----------------------------------------------------------------------------------------------

    /**
     * Subscribes, or changes the options.
     *
     * @param expirySeconds how long the session outlives its connection
     * @return completes on the loop when it is in effect
     */
    Mono<Void> add(TopicFilter filter, SubscriptionOptions options, long expirySeconds) {
        Membership known = memberships.get(filter);
        if (known != null) {
            known.options = options;
            return known.joined.asMono();
        }
        return join(new Membership(filter, options, null), expirySeconds);
    }

    /** Takes up a subscription of an earlier connection. */
    void restore(StoredSubscription stored, long expirySeconds) {
        SubscriptionOptions options = new SubscriptionOptions(
                stored.qos(),
                stored.noLocal(),
                stored.retainAsPublished(),
                stored.retainHandling(),
                stored.identifier());
        Membership membership = new Membership(stored.filter(), options, stored);
        membership.answered = true;
        var unused = join(membership, expirySeconds);
    }

    private Mono<Void> join(Membership membership, long expirySeconds) {
        memberships.put(membership.filter, membership);
        groups.meters().subscriptions(1);
        groups.join(membership.filter, membership, expirySeconds, () -> loop.execute(membership::onJoined));
        return membership.joined.asMono();
    }

    /** SUBACK goes out for this filter. */
    void answer(TopicFilter filter) {
        Membership membership = memberships.get(filter);
        if (membership != null) {
            membership.answered = true;
        }
    }

    /**
     * Ends the subscription; false when there is none. What the client may have seen stays with it, and the rest goes to
     * others.
     */
    boolean remove(TopicFilter filter) {
        Membership membership = memberships.remove(filter);
        if (membership == null) {
            return false;
        }
        end(membership);
        window.withdraw(delivery -> {
            SharedHandout handout = delivery.handout();
            return handout != null && handout.membership() == membership && giveBack(handout);
        });
        membership.waiting.forEach(SharedHandout::giveBack);
        membership.handouts.removeIf(SharedHandout::isEnded);
        // From here on they are deliveries of this session, like any other.
        List.copyOf(membership.handouts).forEach(SharedHandout::keep);
        if (!membership.handouts.isEmpty()) {
            leaving.add(membership);
        }
        groups.leave(filter, membership, 0);
        return true;
    }

    private static boolean giveBack(SharedHandout handout) {
        handout.giveBack();
        return true;
    }

    private void end(Membership membership) {
        membership.active = false;
        membership.joined.tryEmitEmpty();
        groups.meters().subscriptions(-1);
    }

    /**
     * The connection is gone.
     *
     * @param expirySeconds how long the session outlives it
     */
    void close(long expirySeconds) {
        closed = true;
        List.copyOf(leaving).forEach(membership -> settle(membership, expirySeconds));
        for (Membership membership : memberships.values()) {
            end(membership);
            settle(membership, expirySeconds);
            groups.leave(membership.filter, membership, expirySeconds);
        }
        leaving.clear();
        memberships.clear();
    }

    private static void settle(Membership membership, long expirySeconds) {
        for (SharedHandout handout : List.copyOf(membership.handouts)) {
            if (expirySeconds > 0 && handout.isKept()) {
                handout.finish();
            } else {
                handout.giveBack();
            }
        }
    }

    // ---- delivering -----------------------------------------------------------------------------------------------

    private void onHandout(SharedHandout handout) {
        Membership membership = handout.membership();
        // Else it has left, or is leaving: the group gives to others what it has not finished.
        if (!closed && membership.active) {
            membership.handouts.add(handout);
            membership.waiting.addLast(handout);
        }
    }

    private void afterHandouts() {
        if (!closed) {
            owner.progress();
        }
    }

    /** Gives to the sender what waits, as far as that takes it. */
    void pump() {
        if (memberships.isEmpty() || !owner.isReady()) {
            return;
        }
        for (Membership membership : memberships.values()) {
            while (membership.answered && !membership.waiting.isEmpty() && offer(membership)) {
                membership.waiting.removeFirst();
            }
        }
    }

    private boolean offer(Membership membership) {
        SharedHandout handout = membership.waiting.getFirst();
        SharedMessage shared = handout.message();
        Message message = shared.message();
        SubscriptionOptions options = membership.options;
        Qos qos = message.qos().min(options.qos());
        Delivery delivery = new Delivery(
                shared.outbound,
                shared.partition,
                shared.offset,
                qos,
                options.retainAsPublished() && message.retain(),
                identifiers(options),
                shared.source,
                qos == Qos.AT_MOST_ONCE ? null : handout);
        if (qos == Qos.AT_MOST_ONCE) {
            sender.offerAtMostOnce(delivery);
            handout.finish();
            return true;
        }
        return sender.offer(delivery);
    }

    private static int[] identifiers(SubscriptionOptions options) {
        return options.identifier() == 0 ? new int[0] : new int[] {options.identifier()};
    }

    /** What goes out again of a delivery that an earlier connection did not finish. */
    Sender.Resend resend(InFlight delivery, Message message, TopicFilter filter) {
        Membership membership = memberships.get(filter);
        SubscriptionOptions options = membership == null ? null : membership.options;
        return new Sender.Resend(
                delivery,
                new OutboundMessage(message),
                options != null && options.retainAsPublished() && message.retain(),
                options == null ? new int[0] : identifiers(options));
    }

    // ---- state ----------------------------------------------------------------------------------------------------

    /** The subscriptions at rest; one that is not in effect yet is left out, unless it was before. */
    List<StoredSubscription> stored() {
        List<StoredSubscription> stored = new ArrayList<>();
        for (Membership membership : memberships.values()) {
            if (membership.member || membership.restored != null) {
                SubscriptionOptions options = membership.options;
                stored.add(new StoredSubscription(
                        membership.filter,
                        options.qos(),
                        options.noLocal(),
                        options.retainAsPublished(),
                        options.retainHandling(),
                        options.identifier(),
                        Map.of()));
            }
        }
        return stored;
    }
}
