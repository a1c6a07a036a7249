package io.sluice.kafka.state;

import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.SessionState;
import io.sluice.mqtt.port.SessionState.InFlight;
import io.sluice.mqtt.port.SessionState.Sharer;
import io.sluice.mqtt.port.SessionState.StoredCursor;
import io.sluice.mqtt.port.SessionState.StoredSubscription;
import io.sluice.mqtt.port.SessionState.StoredWill;
import io.sluice.mqtt.port.WillOwner;
import io.sluice.schemas.StateCodec;
import io.sluice.schemas.StateSchemas;
import io.sluice.schemas.state.CursorDelivery;
import io.sluice.schemas.state.PartitionOffset;
import io.sluice.schemas.state.Session;
import io.sluice.schemas.state.SessionCursor;
import io.sluice.schemas.state.SessionDelivery;
import io.sluice.schemas.state.SessionReceived;
import io.sluice.schemas.state.SessionSharer;
import io.sluice.schemas.state.SessionSubscription;
import io.sluice.schemas.state.SessionWill;
import io.sluice.schemas.state.SessionWillOwner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A session's state as records of the sessions topic, and back. Pure.
 *
 * <p>Values are equal where the state is: what has not changed needs no new record. So the writer's epoch stands in a
 * header, but for the session itself.
 */
final class SessionRecords {

    private final StateCodec<Session> sessions = StateSchemas.session();
    private final StateCodec<SessionCursor> cursors = StateSchemas.sessionCursor();
    private final StateCodec<SessionDelivery> deliveries = StateSchemas.sessionDelivery();
    private final StateCodec<SessionReceived> received = StateSchemas.sessionReceived();
    private final RetainedCodec messages = new RetainedCodec();

    /** An in-flight delivery and its place in the order of sending. */
    private record Placed(long order, InFlight delivery) {}

    // ---- writing --------------------------------------------------------------------------------------------------

    /** The session itself, without its parts. */
    byte[] session(SessionState state, Ownership.Claimed owner, boolean held) {
        boolean isForEver = state.expiryEpochMillis() == Long.MAX_VALUE;
        return sessions.encode(Session.newBuilder()
                .setEpoch(owner.epoch())
                .setInstance(owner.instance())
                .setHeld(held)
                .setExpirySeconds(state.expirySeconds())
                .setExpiryEpochMillis(held || isForEver ? null : state.expiryEpochMillis())
                .setSubscriptions(
                        state.subscriptions().stream().map(this::subscription).toList())
                .setWill(will(state.will()))
                .setSharers(sharers(state.sharers()))
                .build());
    }

    private SessionSubscription subscription(StoredSubscription stored) {
        List<PartitionOffset> starts = new ArrayList<>();
        stored.starts()
                .forEach((partition, offset) -> starts.add(
                        new PartitionOffset(partition.topic(), partition.partition(), partition.topicId(), offset)));
        starts.sort(Comparator.comparing(PartitionOffset::getTopic).thenComparing(PartitionOffset::getPartition));
        return new SessionSubscription(
                stored.filter().value(),
                stored.qos().level(),
                stored.noLocal(),
                stored.retainAsPublished(),
                stored.retainHandling(),
                stored.identifier(),
                starts);
    }

    /** In an order, so that what has not changed is equal. */
    private static List<SessionSharer> sharers(Map<ClientId, Sharer> sharers) {
        List<SessionSharer> written = new ArrayList<>();
        sharers.forEach((id, sharer) -> written.add(new SessionSharer(
                id.value(),
                sharer.expirySeconds(),
                sharer.expiryEpochMillis() == Sharer.NOT_GONE ? null : sharer.expiryEpochMillis())));
        written.sort(Comparator.comparing(SessionSharer::getClientId));
        return written;
    }

    private static Map<ClientId, Sharer> sharers(Session session) {
        Map<ClientId, Sharer> sharers = new HashMap<>();
        for (SessionSharer one : session.getSharers()) {
            Long expiry = one.getExpiryEpochMillis();
            sharers.put(
                    new ClientId(one.getClientId()),
                    new Sharer(one.getExpirySeconds(), expiry == null ? Sharer.NOT_GONE : expiry));
        }
        return sharers;
    }

    private @Nullable SessionWill will(@Nullable StoredWill will) {
        if (will == null) {
            return null;
        }
        Message message = will.message();
        return new SessionWill(
                message.topicName().value(),
                message.retain(),
                ByteBuffer.wrap(messages.encode(message, 0)),
                will.expirySeconds(),
                will.delaySeconds(),
                will.dueEpochMillis() == StoredWill.NOT_DUE ? null : will.dueEpochMillis(),
                will.drained(),
                owner(will.owner()));
    }

    private static @Nullable SessionWillOwner owner(@Nullable WillOwner owner) {
        return owner == null
                ? null
                : new SessionWillOwner(owner.userName(), List.copyOf(owner.groups()), owner.listener(), owner.source());
    }

    /** The parts of a state: everything but the session itself and the packet ids that were received, by the part of the key. */
    Map<String, byte[]> parts(SessionState state) {
        Map<String, byte[]> parts = new LinkedHashMap<>();
        Map<LogPartition, List<CursorDelivery>> sent = new HashMap<>();
        for (InFlight delivery : state.inFlight()) {
            LogPartition partition = delivery.partition();
            if (partition != null
                    && delivery.qos() == Qos.AT_LEAST_ONCE
                    && delivery.share() == null
                    && state.cursors().containsKey(partition)) {
                sent.computeIfAbsent(partition, ignored -> new ArrayList<>())
                        .add(new CursorDelivery(delivery.packetId(), delivery.offset(), delivery.order()));
            } else {
                parts.put(SessionKey.delivery(delivery.packetId()), delivery(delivery));
            }
        }
        state.cursors()
                .forEach((partition, cursor) -> parts.put(
                        SessionKey.cursor(partition),
                        cursors.encode(new SessionCursor(
                                partition.topic(),
                                partition.partition(),
                                partition.topicId(),
                                cursor.next(),
                                sent.getOrDefault(partition, List.of())))));
        return parts;
    }

    /** A delivery that has a record of its own. */
    byte[] delivery(InFlight delivery) {
        LogPartition partition = delivery.partition();
        Message retained = delivery.retained();
        TopicFilter share = delivery.share();
        return deliveries.encode(SessionDelivery.newBuilder()
                .setPacketId(delivery.packetId())
                .setOrder(delivery.order())
                .setQos(delivery.qos().level())
                .setReleased(delivery.released())
                .setTopic(partition == null ? null : partition.topic())
                .setPartition(partition == null ? 0 : partition.partition())
                .setTopicId(partition == null ? "" : partition.topicId())
                .setOffset(delivery.offset())
                .setTopicName(retained == null ? null : retained.topicName().value())
                .setMessage(retained == null ? null : ByteBuffer.wrap(messages.encode(retained, 0)))
                .setShare(share == null ? null : share.value())
                .build());
    }

    /**
     * Packet ids that came in one transaction.
     *
     * @param packetIds at least one
     */
    byte[] received(Collection<Integer> packetIds) {
        Iterator<Integer> all = packetIds.iterator();
        int first = all.next();
        List<Integer> others = new ArrayList<>();
        all.forEachRemaining(others::add);
        return received.encode(new SessionReceived(first, others));
    }

    // ---- reading --------------------------------------------------------------------------------------------------

    /**
     * The session itself, as far as it is needed to know who owns it and when it ends.
     *
     * @throws IOException when the bytes are no such record
     */
    Session session(byte[] value) throws IOException {
        return sessions.decode(value);
    }

    /**
     * The session itself, of which everything is what it should be.
     *
     * @throws IOException when the bytes are no such record
     */
    Session checked(byte[] value) throws IOException {
        Session session = sessions.decode(value);
        var unusedSubscriptions = subscriptions(session);
        var unusedWill = will(session.getWill());
        return session;
    }

    /**
     * Whether a part of a session is what it should be.
     *
     * @throws IOException when the bytes are no such record
     */
    void check(String part, byte[] bytes) throws IOException {
        if (SessionKey.isCursor(part)) {
            var unused = cursors.decode(bytes);
        } else if (SessionKey.isDelivery(part)) {
            var unused = inFlight(deliveries.decode(bytes));
        } else if (SessionKey.isReceived(part)) {
            var unused = received.decode(bytes);
        }
    }

    /**
     * The state in these records. A part that cannot be read is left out.
     *
     * @param value the session itself
     * @param parts everything else
     * @param onUnreadable told of each part that is left out
     * @throws IOException when the session itself cannot be read
     */
    SessionState state(byte[] value, Map<String, byte[]> parts, UnreadableListener onUnreadable) throws IOException {
        Session session = sessions.decode(value);
        Map<LogPartition, StoredCursor> found = new HashMap<>();
        List<Placed> inFlight = new ArrayList<>();
        Set<Integer> packetIds = new HashSet<>();
        parts.forEach((part, bytes) -> {
            try {
                if (SessionKey.isCursor(part)) {
                    readCursor(cursors.decode(bytes), found, inFlight);
                } else if (SessionKey.isDelivery(part)) {
                    InFlight delivery = inFlight(deliveries.decode(bytes));
                    inFlight.add(new Placed(delivery.order(), delivery));
                } else if (SessionKey.isReceived(part)) {
                    packetIds.addAll(received(bytes));
                }
            } catch (IOException | RuntimeException unreadable) {
                onUnreadable.onUnreadable(part, unreadable);
            }
        });
        inFlight.sort(Comparator.comparingLong(Placed::order));
        Long expiry = session.getExpiryEpochMillis();
        return new SessionState(
                session.getExpirySeconds(),
                expiry == null ? Long.MAX_VALUE : expiry,
                subscriptions(session),
                found,
                inFlight.stream().map(Placed::delivery).toList(),
                packetIds,
                will(session.getWill()),
                sharers(session));
    }

    /**
     * Tells which record of the log a part of a session needs, if any: the next to offer, or one to be sent again.
     *
     * @throws IOException when the bytes are no such record
     */
    void needed(String part, byte[] bytes, BiConsumer<LogPartition, Long> needed) throws IOException {
        if (SessionKey.isCursor(part)) {
            SessionCursor cursor = cursors.decode(bytes);
            long lowest = cursor.getNext();
            for (CursorDelivery sent : cursor.getInFlight()) {
                lowest = Math.min(lowest, sent.getOffset());
            }
            needed.accept(new LogPartition(cursor.getTopic(), cursor.getPartition(), cursor.getTopicId()), lowest);
        } else if (SessionKey.isDelivery(part)) {
            SessionDelivery delivery = deliveries.decode(bytes);
            String topic = delivery.getTopic();
            if (topic != null && !delivery.getReleased()) {
                needed.accept(
                        new LogPartition(topic, delivery.getPartition(), delivery.getTopicId()), delivery.getOffset());
            }
        }
    }

    /**
     * The packet ids in a record.
     *
     * @throws IOException when the bytes are no such record
     */
    List<Integer> received(byte[] bytes) throws IOException {
        SessionReceived decoded = received.decode(bytes);
        List<Integer> packetIds = new ArrayList<>();
        packetIds.add(decoded.getPacketId());
        packetIds.addAll(decoded.getOtherPacketIds());
        return packetIds;
    }

    /** Told of a part of a session that cannot be read. */
    interface UnreadableListener {
        void onUnreadable(String part, Exception cause);
    }

    private static void readCursor(SessionCursor cursor, Map<LogPartition, StoredCursor> found, List<Placed> inFlight) {
        LogPartition partition = new LogPartition(cursor.getTopic(), cursor.getPartition(), cursor.getTopicId());
        found.put(partition, new StoredCursor(cursor.getNext()));
        for (CursorDelivery sent : cursor.getInFlight()) {
            inFlight.add(new Placed(
                    sent.getOrder(),
                    new InFlight(
                            sent.getPacketId(),
                            partition,
                            sent.getOffset(),
                            null,
                            Qos.AT_LEAST_ONCE,
                            false,
                            sent.getOrder())));
        }
    }

    private InFlight inFlight(SessionDelivery delivery) throws IOException {
        String topic = delivery.getTopic();
        String topicName = delivery.getTopicName();
        ByteBuffer message = delivery.getMessage();
        String share = delivery.getShare();
        Message retained = null;
        if (topicName != null && message != null) {
            retained = messages.decode(TopicName.of(topicName), true, bytes(message));
        }
        return new InFlight(
                delivery.getPacketId(),
                topic == null ? null : new LogPartition(topic, delivery.getPartition(), delivery.getTopicId()),
                delivery.getOffset(),
                retained,
                Qos.of(delivery.getQos()),
                delivery.getReleased(),
                delivery.getOrder(),
                share == null ? null : TopicFilter.of(share));
    }

    private static List<StoredSubscription> subscriptions(Session session) {
        List<StoredSubscription> subscriptions = new ArrayList<>();
        for (SessionSubscription stored : session.getSubscriptions()) {
            Map<LogPartition, Long> starts = new HashMap<>();
            for (PartitionOffset start : stored.getStarts()) {
                starts.put(
                        new LogPartition(start.getTopic(), start.getPartition(), start.getTopicId()),
                        start.getOffset());
            }
            subscriptions.add(new StoredSubscription(
                    TopicFilter.of(stored.getFilter()),
                    Qos.of(stored.getQos()),
                    stored.getNoLocal(),
                    stored.getRetainAsPublished(),
                    stored.getRetainHandling(),
                    stored.getIdentifier(),
                    starts));
        }
        return subscriptions;
    }

    private @Nullable StoredWill will(@Nullable SessionWill will) throws IOException {
        if (will == null) {
            return null;
        }
        Long due = will.getDueEpochMillis();
        return new StoredWill(
                messages.decode(TopicName.of(will.getTopic()), will.getRetain(), bytes(will.getMessage())),
                will.getExpirySeconds(),
                will.getDelaySeconds(),
                due == null ? StoredWill.NOT_DUE : due,
                will.getDrained(),
                owner(will.getOwner()));
    }

    private static @Nullable WillOwner owner(@Nullable SessionWillOwner owner) {
        return owner == null
                ? null
                : new WillOwner(
                        owner.getUserName(), Set.copyOf(owner.getGroups()), owner.getListener(), owner.getSource());
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
