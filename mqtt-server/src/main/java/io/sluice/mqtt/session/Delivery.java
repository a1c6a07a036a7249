package io.sluice.mqtt.session;

import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.port.LogPartition;
import org.jspecify.annotations.Nullable;

/**
 * A message for one session, before it has a packet id.
 *
 * @param message what to send
 * @param partition where its record is, or null for a retained message, which has none
 * @param offset the record's offset
 * @param qos the QoS of the delivery
 * @param retain the RETAIN flag of the delivery
 * @param identifiers Subscription Identifiers, empty for none
 * @param source for the metric
 * @param handout what a group has handed over, for a shared subscription at QoS 1 and 2, else null
 */
record Delivery(
        OutboundMessage message,
        @Nullable LogPartition partition,
        long offset,
        Qos qos,
        boolean retain,
        int[] identifiers,
        DeliverySource source,
        @Nullable SharedHandout handout) {

    Delivery(
            OutboundMessage message,
            @Nullable LogPartition partition,
            long offset,
            Qos qos,
            boolean retain,
            int[] identifiers,
            DeliverySource source) {
        this(message, partition, offset, qos, retain, identifiers, source, null);
    }

    int payloadBytes() {
        return message.message().payload().size();
    }
}
