package io.sluice.mqtt.codec;

import io.sluice.mqtt.message.Qos;

/**
 * What differs between the subscribers of one message: the parts of a PUBLISH that a {@link PublishFrame} is encoded
 * with. Immutable by agreement: nobody writes to the array.
 *
 * @param dup whether it may have been sent before
 * @param packetId 0 at QoS 0
 * @param topicAlias 0 for none
 * @param topicOmitted whether the client knows the alias, so that the topic name is left out
 * @param subscriptionIdentifiers of all subscriptions that match [MQTT-3.3.4-3], possibly none
 * @param remainingExpirySeconds the Message Expiry Interval that is left, or -1 when it never expires
 */
@SuppressWarnings("ArrayRecordComponent")
public record Variant(
        ProtocolVersion version,
        boolean dup,
        Qos qos,
        boolean retain,
        int packetId,
        int topicAlias,
        boolean topicOmitted,
        int[] subscriptionIdentifiers,
        long remainingExpirySeconds) {

    /** No Subscription Identifiers. */
    public static final int[] NO_IDENTIFIERS = new int[0];

    /** QoS 0 without anything of the subscriber's own: what the encoded frame is shared for. */
    public static Variant plain(ProtocolVersion version, boolean retain) {
        return new Variant(version, false, Qos.AT_MOST_ONCE, retain, 0, 0, false, NO_IDENTIFIERS, -1);
    }

    /** QoS 1 or 2 without aliases, identifiers and expiry. */
    public static Variant of(ProtocolVersion version, boolean dup, Qos qos, boolean retain, int packetId) {
        return new Variant(version, dup, qos, retain, packetId, 0, false, NO_IDENTIFIERS, -1);
    }

    boolean isPlain() {
        return qos == Qos.AT_MOST_ONCE
                && topicAlias == 0
                && (!version.isMqtt5() || (subscriptionIdentifiers.length == 0 && remainingExpirySeconds < 0));
    }
}
