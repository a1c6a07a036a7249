package io.sluice.mqtt.session;

import io.sluice.mqtt.auth.Permissions;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.SessionStore;
import io.sluice.mqtt.subscription.SubscriptionOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A conforming MQTT client with a session of its own that survives its connections: takes deliveries, answers them when
 * it is told to, and keeps what it has received.
 */
final class SimulatedClient {

    /** An answer that the client owes. */
    private record Owed(int packetId, int kind) {}

    private static final int PUBACK = 1;
    private static final int PUBREC = 2;
    private static final int PUBCOMP = 3;

    final ClientId clientId;
    final Qos qos;
    final TopicFilter filter;
    /** Wanted later, while the first is in use. */
    final @Nullable TopicFilter laterFilter;

    final List<String> released = new ArrayList<>();
    final List<String> problems = new ArrayList<>();

    @Nullable
    Wire wire;

    boolean subscribed;
    boolean subscribedLater;
    /** Told of whatever is released to the application. */
    Consumer<String> onReleased = content -> {};

    /** How long its session outlives its connection. */
    long expirySeconds = 3600;

    private final Sessions sessions;
    private final Map<Integer, String> receivedQos2 = new HashMap<>();
    private final int receiveMaximum;

    SimulatedClient(
            String id, Qos qos, String filter, @Nullable String laterFilter, int receiveMaximum, Sessions sessions) {
        this.clientId = new ClientId(id);
        this.qos = qos;
        this.filter = TopicFilter.of(filter);
        this.laterFilter = laterFilter == null ? null : TopicFilter.of(laterFilter);
        this.receiveMaximum = receiveMaximum;
        this.sessions = sessions;
    }

    void connect(Loop loop) {
        Wire newWire = new Wire();
        sessions.claim(clientId, newWire).subscribe(claim -> {
            SessionRequest request = new SessionRequest(
                    clientId, loop, newWire, expirySeconds == 0, expirySeconds, receiveMaximum, null, Permissions.ALL);
            Session session = sessions.open(request, claim);
            if (subscribed && !session.isPresent()) {
                problems.add("the session was forgotten");
            }
            newWire.session = session;
            wire = newWire;
            session.start();
            if (!subscribed) {
                SubscriptionOptions options = new SubscriptionOptions(qos, false, false, 0, 0);
                session.subscribe(List.of(new Session.SubscribeRequest(filter, options)), codes -> subscribed = true);
            }
        });
    }

    /** Subscribes to what it wants later, if it has not. */
    void subscribeLater() {
        Wire current = wire;
        TopicFilter later = laterFilter;
        if (later != null && subscribed && !subscribedLater && current != null && current.session != null) {
            SubscriptionOptions options = new SubscriptionOptions(qos, false, false, 0, 0);
            current.session.subscribe(
                    List.of(new Session.SubscribeRequest(later, options)), codes -> subscribedLater = true);
        }
    }

    /** Unsubscribes, if it has subscribed. */
    void unsubscribe() {
        Wire current = wire;
        if (subscribed && current != null && current.session != null) {
            subscribed = false;
            current.session.unsubscribe(List.of(filter.value()), codes -> {});
        }
    }

    /** Subscribes again, if it has unsubscribed. */
    void subscribeAgain() {
        Wire current = wire;
        if (!subscribed && current != null && current.session != null) {
            SubscriptionOptions options = new SubscriptionOptions(qos, false, false, 0, 0);
            current.session.subscribe(
                    List.of(new Session.SubscribeRequest(filter, options)), codes -> subscribed = true);
        }
    }

    private void release(String content) {
        released.add(content);
        onReleased.accept(content);
    }

    boolean wants(TopicName topicName) {
        return (subscribed && filter.matches(topicName))
                || (subscribedLater && laterFilter != null && laterFilter.matches(topicName));
    }

    boolean isConnected() {
        return wire != null && wire.session != null;
    }

    void lose() {
        Wire lost = wire;
        if (lost != null && lost.session != null) {
            Session session = lost.session;
            lost.session = null;
            wire = null;
            session.close(Ending.LOST, Runnable::run);
            if (expirySeconds == 0) {
                subscribed = false;
                receivedQos2.clear();
            }
        }
    }

    /** Its side of one connection. */
    final class Wire implements Outbound, SessionStore.Owner {
        @Nullable
        Session session;

        boolean writable = true;
        private final List<Owed> owed = new ArrayList<>();
        private final Set<Integer> unacknowledged = new HashSet<>();

        /** Sends the oldest answers that are owed. */
        void answer(int count) {
            answer(count, 0);
        }

        /** Sends answers that are owed, beginning with this one: clients do answer in another order. */
        void answer(int count, int first) {
            Session answered = session;
            answerAll(count, first);
            if (answered != null) {
                answered.afterAnswers();
            }
        }

        private void answerAll(int count, int first) {
            for (int i = 0; i < count && session != null; i++) {
                if (owed.isEmpty()) {
                    return;
                }
                Owed next = owed.remove(first % owed.size());
                switch (next.kind) {
                    case PUBACK -> {
                        unacknowledged.remove(next.packetId);
                        session.onPubAck(next.packetId);
                    }
                    case PUBREC -> session.onPubRec(next.packetId, false);
                    default -> {
                        unacknowledged.remove(next.packetId);
                        session.onPubComp(next.packetId);
                    }
                }
            }
        }

        void writable(boolean nowWritable) {
            writable = nowWritable;
            if (nowWritable && session != null) {
                session.onWritable();
            }
        }

        @Override
        public boolean isWritable() {
            return writable;
        }

        @Override
        public boolean fits(OutboundMessage message, Qos deliveryQos, int[] identifiers) {
            return true;
        }

        @Override
        public void publish(
                OutboundMessage message,
                boolean dup,
                Qos deliveryQos,
                boolean retain,
                int packetId,
                int[] identifiers,
                long expirySeconds) {
            if (!subscribed && !filter.isShared()) {
                problems.add("PUBLISH before SUBACK");
            }
            String content = message.message().payload().utf8();
            switch (deliveryQos) {
                case AT_MOST_ONCE -> release(content);
                case AT_LEAST_ONCE -> {
                    count(packetId);
                    release(content);
                    owed.add(new Owed(packetId, PUBACK));
                }
                case EXACTLY_ONCE -> {
                    count(packetId);
                    receiveOnce(packetId, content);
                    owed.add(new Owed(packetId, PUBREC));
                }
            }
        }

        private void count(int packetId) {
            if (!unacknowledged.add(packetId)) {
                problems.add("packet id " + packetId + " used twice at the same time");
            }
            if (unacknowledged.size() > receiveMaximum) {
                problems.add("Receive Maximum exceeded");
            }
        }

        private void receiveOnce(int packetId, String content) {
            String known = receivedQos2.putIfAbsent(packetId, content);
            if (known == null) {
                release(content);
            } else if (!known.equals(content)) {
                problems.add("packet id " + packetId + " was given to another message before PUBREL");
            }
        }

        @Override
        public void pubRel(int packetId, boolean found) {
            unacknowledged.add(packetId);
            receivedQos2.remove(packetId);
            owed.add(new Owed(packetId, PUBCOMP));
        }

        @Override
        public void flush() {}

        @Override
        public void fail(Throwable bug) {
            problems.add("bug: " + bug);
        }

        @Override
        public void onSuperseded() {
            lose();
        }
    }
}
