package io.sluice.mqtt.codec;

import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.ReasonCode;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.message.UserProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An MQTT control packet (MQTT 5, section 2.1.2) as the server sees it, for all versions: what a version does not have
 * holds its default. Immutable; a packet that the decoder gave out is well-formed.
 */
public sealed interface Packet {

    /** The connection asks to begin (section 3.1). */
    record Connect(
            ProtocolVersion version,
            String clientId,
            boolean cleanStart,
            int keepAliveSeconds,
            @Nullable String userName,
            @Nullable Payload password,
            @Nullable Will will,
            ConnectProperties properties)
            implements Packet {}

    /**
     * The MQTT 5 properties of CONNECT (section 3.1.2.11). For MQTT 3 {@link #MQTT_3_DEFAULTS}.
     *
     * @param sessionExpirySeconds 0 when absent; 0xFFFFFFFF for never
     * @param receiveMaximum 65,535 when absent
     * @param maximumPacketSize in bytes; {@link Integer#MAX_VALUE} when absent
     * @param topicAliasMaximum 0 when absent
     */
    record ConnectProperties(
            long sessionExpirySeconds,
            int receiveMaximum,
            int maximumPacketSize,
            int topicAliasMaximum,
            boolean requestResponseInformation,
            boolean requestProblemInformation,
            @Nullable String authenticationMethod,
            @Nullable Payload authenticationData,
            List<UserProperty> userProperties) {

        public static final ConnectProperties MQTT_3_DEFAULTS =
                new ConnectProperties(0, 65_535, Integer.MAX_VALUE, 0, false, true, null, null, List.of());
    }

    /**
     * The will in CONNECT (section 3.1.3.2).
     *
     * @param message topic, payload, QoS, retain and properties; its expiry is never set here
     * @param expirySeconds Message Expiry Interval, which counts from publication, or -1
     * @param delaySeconds Will Delay Interval
     */
    record Will(Message message, long expirySeconds, long delaySeconds) {}

    /** The answer to CONNECT (section 3.2). For MQTT 3 the encoder maps the reason to a return code. */
    record ConnAck(
            boolean sessionPresent,
            ReasonCode reasonCode,
            @Nullable ConnAckProperties properties) implements Packet {}

    /**
     * The MQTT 5 properties of CONNACK (section 3.2.2.3). What is null is left out; the features always go out.
     */
    record ConnAckProperties(
            @Nullable Long sessionExpirySeconds,
            @Nullable Integer receiveMaximum,
            @Nullable Qos maximumQos,
            boolean retainAvailable,
            @Nullable Integer maximumPacketSize,
            @Nullable String assignedClientId,
            @Nullable Integer topicAliasMaximum,
            boolean wildcardSubscriptionAvailable,
            boolean subscriptionIdentifierAvailable,
            boolean sharedSubscriptionAvailable,
            @Nullable Integer serverKeepAliveSeconds,
            @Nullable String reasonString,
            @Nullable String responseInformation,
            @Nullable String authenticationMethod,
            @Nullable Payload authenticationData) {}

    /**
     * An application message from a client (section 3.3). Those to clients are {@link PublishFrame}s.
     *
     * @param topicName null when a topic alias alone says it
     * @param topicAlias 0 for none
     * @param packetId 0 at QoS 0
     * @param expirySeconds Message Expiry Interval, or -1 when absent
     * @param properties the properties that travel on; expiry is not set here
     */
    record Publish(
            boolean dup,
            Qos qos,
            boolean retain,
            @Nullable TopicName topicName,
            int topicAlias,
            int packetId,
            long expirySeconds,
            MessageProperties properties,
            Payload payload)
            implements Packet {}

    /** Answer to a QoS 1 PUBLISH (section 3.4). */
    record PubAck(
            int packetId, ReasonCode reasonCode, @Nullable String reasonString) implements Packet {}

    /** First answer to a QoS 2 PUBLISH (section 3.5). */
    record PubRec(
            int packetId, ReasonCode reasonCode, @Nullable String reasonString) implements Packet {}

    /** Release of a QoS 2 PUBLISH (section 3.6). */
    record PubRel(int packetId, ReasonCode reasonCode) implements Packet {}

    /** Last answer to a QoS 2 PUBLISH (section 3.7). */
    record PubComp(int packetId, ReasonCode reasonCode) implements Packet {}

    /**
     * Asks for subscriptions (section 3.8).
     *
     * @param identifier Subscription Identifier, 0 for none
     */
    record Subscribe(int packetId, int identifier, List<SubscribeEntry> entries) implements Packet {}

    /**
     * One subscription that is asked for. A filter that is no filter keeps its text, so that its own SUBACK code can
     * refuse it: exactly one of filter and invalidFilter is set.
     */
    record SubscribeEntry(
            @Nullable TopicFilter filter,
            @Nullable String invalidFilter,
            Qos qos,
            boolean noLocal,
            boolean retainAsPublished,
            int retainHandling) {}

    /** Answer to SUBSCRIBE (section 3.9): a code for each entry, in their order. MQTT 3 errors become 0x80. */
    record SubAck(int packetId, List<ReasonCode> reasonCodes) implements Packet {}

    /** Ends subscriptions (section 3.10), by the filters' texts. */
    record Unsubscribe(int packetId, List<String> filters) implements Packet {}

    /** Answer to UNSUBSCRIBE (section 3.11). For MQTT 3 without codes. */
    record UnsubAck(int packetId, List<ReasonCode> reasonCodes) implements Packet {}

    /** Sign of life (section 3.12). */
    record PingReq() implements Packet {}

    /** Answer to the sign of life (section 3.13). */
    record PingResp() implements Packet {}

    /**
     * The end (section 3.14), from either side. MQTT 3 servers cannot send it.
     *
     * @param sessionExpirySeconds Session Expiry Interval, or -1 when absent
     */
    record Disconnect(
            ReasonCode reasonCode,
            long sessionExpirySeconds,
            @Nullable String reasonString) implements Packet {}

    /** Enhanced authentication (section 3.15). */
    record Auth(
            ReasonCode reasonCode,
            @Nullable String method,
            @Nullable Payload data) implements Packet {}
}
