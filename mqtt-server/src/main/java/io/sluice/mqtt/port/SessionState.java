package io.sluice.mqtt.port;

import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A session at rest (MQTT 5, section 4.1): what must survive the connection. Immutable.
 *
 * @param expirySeconds Session Expiry Interval as granted, 0xFFFFFFFF for never
 * @param expiryEpochMillis when it ends if nobody comes back, in ms since 1970; {@link Long#MAX_VALUE} for never, or as
 *     long as it is held
 * @param subscriptions the subscriptions, by filter
 * @param cursors for each partition that has been read, the position in it
 * @param inFlight deliveries that were sent and not finished, in the order in which they were first sent
 * @param receivedQos2 packet ids of QoS 2 messages that were received and not released by the client
 * @param will the will, for as long as it may have to be published, or null
 * @param sharers of a group that shares a subscription: who has subscribed and outlives the connection
 */
public record SessionState(
        long expirySeconds,
        long expiryEpochMillis,
        List<StoredSubscription> subscriptions,
        Map<LogPartition, StoredCursor> cursors,
        List<InFlight> inFlight,
        Set<Integer> receivedQos2,
        @Nullable StoredWill will,
        Map<ClientId, Sharer> sharers) {

    /** The state of a client's session, which nobody shares. */
    public SessionState(
            long expirySeconds,
            long expiryEpochMillis,
            List<StoredSubscription> subscriptions,
            Map<LogPartition, StoredCursor> cursors,
            List<InFlight> inFlight,
            Set<Integer> receivedQos2,
            @Nullable StoredWill will) {
        this(expirySeconds, expiryEpochMillis, subscriptions, cursors, inFlight, receivedQos2, will, Map.of());
    }

    public SessionState {
        subscriptions = List.copyOf(subscriptions);
        cursors = Map.copyOf(cursors);
        inFlight = List.copyOf(inFlight);
        receivedQos2 = Set.copyOf(receivedQos2);
        sharers = Map.copyOf(sharers);
    }

    public SessionState withReceivedQos2(Set<Integer> newReceivedQos2) {
        return new SessionState(
                expirySeconds, expiryEpochMillis, subscriptions, cursors, inFlight, newReceivedQos2, will, sharers);
    }

    /** The same, with another expiry. */
    public SessionState expiring(long newExpirySeconds, long newExpiryEpochMillis) {
        return new SessionState(
                newExpirySeconds, newExpiryEpochMillis, subscriptions, cursors, inFlight, receivedQos2, will, sharers);
    }

    public SessionState withWill(@Nullable StoredWill newWill) {
        return new SessionState(
                expirySeconds, expiryEpochMillis, subscriptions, cursors, inFlight, receivedQos2, newWill, sharers);
    }

    public SessionState withSharers(Map<ClientId, Sharer> newSharers) {
        return new SessionState(
                expirySeconds, expiryEpochMillis, subscriptions, cursors, inFlight, receivedQos2, will, newSharers);
    }

    /** Whether the session has ended by then. */
    public boolean isExpired(long epochMillis) {
        return expiryEpochMillis <= epochMillis;
    }

    /** The will that is to be published by then, or null: when it is due, or when the session ends. */
    public @Nullable StoredWill dueWill(long epochMillis) {
        StoredWill known = will;
        return known != null && (known.dueEpochMillis() <= epochMillis || isExpired(epochMillis)) ? known : null;
    }

    /**
     * The will that is to be published when the client is back and the session is not taken up, so that it ends now
     * [MQTT-3.1.2-10], or null.
     */
    public @Nullable StoredWill willWhenDiscarded() {
        StoredWill known = will;
        return known != null && known.drained() ? null : known;
    }

    /**
     * A subscription with its options (MQTT 5, section 3.8.3.1).
     *
     * @param identifier the Subscription Identifier, 0 for none
     * @param retainHandling 0: send retained messages, 1: only for a new subscription, 2: never
     * @param starts where it began, for partitions in which the cursor has not passed that offset yet
     */
    public record StoredSubscription(
            TopicFilter filter,
            Qos qos,
            boolean noLocal,
            boolean retainAsPublished,
            int retainHandling,
            int identifier,
            Map<LogPartition, Long> starts) {

        public StoredSubscription {
            starts = Map.copyOf(starts);
        }
    }

    /**
     * A position: everything below {@code next} was offered to the session; what of it is not acknowledged is in
     * {@link SessionState#inFlight}.
     */
    public record StoredCursor(long next) {}

    /**
     * A delivery that was sent and not finished.
     *
     * @param packetId its packet identifier, kept for the redelivery [MQTT-4.4.0-1]
     * @param partition where its record is, or null for a retained message
     * @param offset the record's offset
     * @param retained the message itself when it has no record of its own, else null
     * @param qos the QoS of the delivery, 1 or 2
     * @param released whether PUBREC has come, so that PUBREL and not PUBLISH is sent again [MQTT-4.3.3-6]
     * @param order its place among all deliveries of the session, in the order of sending [MQTT-4.6.0-1]
     * @param share the shared subscription that it is of, or null: the session's cursors say nothing of it
     */
    public record InFlight(
            int packetId,
            @Nullable LogPartition partition,
            long offset,
            @Nullable Message retained,
            Qos qos,
            boolean released,
            long order,
            @Nullable TopicFilter share) {

        public InFlight(
                int packetId,
                @Nullable LogPartition partition,
                long offset,
                @Nullable Message retained,
                Qos qos,
                boolean released,
                long order) {
            this(packetId, partition, offset, retained, qos, released, order, null);
        }
    }

    /**
     * A session that has subscribed to what a group shares, and outlives its connection.
     *
     * @param expirySeconds how long it outlives the connection, 0xFFFFFFFF for ever
     * @param expiryEpochMillis when it ends if it does not come back, in ms since 1970; {@link #NOT_GONE} while it is
     *     connected
     */
    public record Sharer(long expirySeconds, long expiryEpochMillis) {

        /** The client is connected, or the session does not expire. */
        public static final long NOT_GONE = Long.MAX_VALUE;

        private static final long NEVER_EXPIRES = 0xFFFF_FFFFL;

        /** The same whose connection has ended by then at the latest. */
        public Sharer leftAt(long epochMillis) {
            boolean isTold = expiryEpochMillis != NOT_GONE || expirySeconds == NEVER_EXPIRES;
            return isTold ? this : new Sharer(expirySeconds, epochMillis + expirySeconds * 1000);
        }

        /** Whether the session has ended by then. */
        public boolean isExpired(long epochMillis) {
            return expiryEpochMillis <= epochMillis;
        }
    }

    /**
     * A will (MQTT 5, section 3.1.2.5).
     *
     * @param message what to publish, without its expiry
     * @param expirySeconds Message Expiry Interval, which counts from publication, or -1
     * @param delaySeconds Will Delay Interval
     * @param dueEpochMillis when it is to be published, in ms since 1970; {@link #NOT_DUE} as long as the client is there
     * @param drained whether the server sent the client away: whoever comes back in time, with whatever session,
     *     cancels it
     * @param owner who has left it, or null when that was not written down
     */
    public record StoredWill(
            Message message,
            long expirySeconds,
            long delaySeconds,
            long dueEpochMillis,
            boolean drained,
            @Nullable WillOwner owner) {

        /** The client is connected. */
        public static final long NOT_DUE = Long.MAX_VALUE;

        /** The will as it is published at this time. */
        public Message at(long epochMillis) {
            if (expirySeconds < 0) {
                return message;
            }
            MessageProperties properties = message.properties();
            return new Message(
                    message.topicName(),
                    message.qos(),
                    message.retain(),
                    message.payload(),
                    new MessageProperties(
                            properties.payloadFormatUtf8(),
                            epochMillis + expirySeconds * 1000,
                            properties.contentType(),
                            properties.responseTopic(),
                            properties.correlationData(),
                            properties.userProperties()),
                    message.publisher());
        }

        public StoredWill dueAt(long epochMillis) {
            return new StoredWill(message, expirySeconds, delaySeconds, epochMillis, drained, owner);
        }

        /** The same when it is the server that goes: not due before then, and cancelled by whoever comes back. */
        public StoredWill drainedUntil(long epochMillis) {
            return new StoredWill(
                    message, expirySeconds, delaySeconds, Math.max(dueEpochMillis, epochMillis), true, owner);
        }
    }
}
