package io.sluice.mqtt.port;

import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A session at rest (MQTT 5, section 4.1): what must survive the connection. Immutable.
 *
 * @param expiryEpochMillis when it ends if nobody comes back, in ms since 1970; {@link Long#MAX_VALUE} for never
 * @param subscriptions the subscriptions, by filter
 * @param cursors for each partition that has been read, the position in it
 * @param inFlight deliveries that were sent and not finished, in the order in which they were first sent
 * @param receivedQos2 packet ids of QoS 2 messages that were received and not released by the client
 * @param will the will that waits for its delay, or null
 */
public record SessionState(
        long expiryEpochMillis,
        List<StoredSubscription> subscriptions,
        Map<LogPartition, StoredCursor> cursors,
        List<InFlight> inFlight,
        Set<Integer> receivedQos2,
        @Nullable StoredWill will) {

    public SessionState {
        subscriptions = List.copyOf(subscriptions);
        cursors = Map.copyOf(cursors);
        inFlight = List.copyOf(inFlight);
        receivedQos2 = Set.copyOf(receivedQos2);
    }

    public SessionState withReceivedQos2(Set<Integer> newReceivedQos2) {
        return new SessionState(expiryEpochMillis, subscriptions, cursors, inFlight, newReceivedQos2, will);
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
     */
    public record InFlight(
            int packetId,
            @Nullable LogPartition partition,
            long offset,
            @Nullable Message retained,
            Qos qos,
            boolean released) {}

    /**
     * A will that waits (MQTT 5, section 3.1.3.2.2).
     *
     * @param message what to publish
     * @param dueEpochMillis when, in ms since 1970
     */
    public record StoredWill(Message message, long dueEpochMillis) {}
}
