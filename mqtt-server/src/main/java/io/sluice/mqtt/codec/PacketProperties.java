package io.sluice.mqtt.codec;

import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.ReasonCode;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.message.UserProperty;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The properties of one MQTT 5 packet from a client (section 2.2.2), each at most once, each where it may be, each in
 * its range. Written by {@link #read} alone, read only afterwards.
 */
final class PacketProperties {

    // What a client may say in which packet, as sets of property identifiers.
    static final long IN_PUBLISH = set(0x01, 0x02, 0x03, 0x08, 0x09, 0x0B, 0x23, 0x26);
    static final long IN_WILL = set(0x01, 0x02, 0x03, 0x08, 0x09, 0x18, 0x26);
    static final long IN_CONNECT = set(0x11, 0x15, 0x16, 0x17, 0x19, 0x21, 0x22, 0x26, 0x27);
    static final long IN_ANSWER = set(0x1F, 0x26);
    static final long IN_SUBSCRIBE = set(0x0B, 0x26);
    static final long IN_UNSUBSCRIBE = set(0x26);
    static final long IN_DISCONNECT = set(0x11, 0x1F, 0x26);
    static final long IN_AUTH = set(0x15, 0x16, 0x1F, 0x26);

    static final PacketProperties NONE = new PacketProperties();

    private static final int USER_PROPERTY = 0x26;

    // of a message
    boolean payloadFormatUtf8;
    long messageExpirySeconds = -1;

    @Nullable
    String contentType;

    @Nullable
    String responseTopic;

    @Nullable
    Payload correlationData;

    List<UserProperty> userProperties = List.of();

    // of a packet
    int subscriptionIdentifier;
    int topicAlias;
    long willDelaySeconds;

    @Nullable
    String reasonString;

    @Nullable
    String authenticationMethod;

    @Nullable
    Payload authenticationData;

    // of a connection
    long sessionExpirySeconds = -1;
    int receiveMaximum = 65_535;
    int topicAliasMaximum;
    int maximumPacketSize = Integer.MAX_VALUE;
    boolean requestResponseInformation;
    boolean requestProblemInformation = true;

    private long seen;

    private PacketProperties() {}

    /** Reads the property length and the properties, of which only the allowed ones may occur. */
    static PacketProperties read(WireReader in, long allowed) {
        int length = in.readVariableByteInteger("property length");
        if (length > in.remaining()) {
            throw in.malformed("property length " + length + " (expected: at most " + in.remaining() + ")");
        }
        if (length == 0) {
            return NONE;
        }
        PacketProperties properties = new PacketProperties();
        int end = in.remaining() - length;
        while (in.remaining() > end) {
            int id = in.readVariableByteInteger("property identifier");
            properties.checkAllowed(in, id, allowed);
            properties.readValue(in, id);
        }
        if (in.remaining() < end) {
            throw in.malformed("last property goes beyond the property length");
        }
        return properties;
    }

    boolean has(int id) {
        return (seen & (1L << id)) != 0;
    }

    /** What travels on with a message; the expiry does not, since it depends on the clock. */
    MessageProperties toMessageProperties() {
        if (this == NONE) {
            return MessageProperties.NONE;
        }
        return new MessageProperties(
                payloadFormatUtf8,
                MessageProperties.NEVER,
                contentType,
                responseTopic,
                correlationData,
                userProperties);
    }

    private void checkAllowed(WireReader in, int id, long allowed) {
        if (id > 63 || (allowed & (1L << id)) == 0) {
            // Section 2.2.2.2: an identifier that is not valid for its packet type.
            throw in.malformed(String.format("property 0x%02X (expected: one that belongs here)", id));
        }
        if (has(id) && id != USER_PROPERTY) {
            throw in.protocolError(String.format("property 0x%02X twice (expected: once)", id));
        }
        seen |= 1L << id;
    }

    private void readValue(WireReader in, int id) {
        switch (id) {
            case 0x01 -> payloadFormatUtf8 = readBoolean(in, "Payload Format Indicator");
            case 0x02 -> messageExpirySeconds = in.readFourBytes("Message Expiry Interval");
            case 0x03 -> contentType = in.readString("Content Type");
            case 0x08 -> responseTopic = readResponseTopic(in);
            case 0x09 -> correlationData = in.readBinary("Correlation Data");
            case 0x0B -> subscriptionIdentifier = readSubscriptionIdentifier(in);
            case 0x11 -> sessionExpirySeconds = in.readFourBytes("Session Expiry Interval");
            case 0x15 -> authenticationMethod = in.readString("Authentication Method");
            case 0x16 -> authenticationData = in.readBinary("Authentication Data");
            case 0x17 -> requestProblemInformation = readBoolean(in, "Request Problem Information");
            case 0x18 -> willDelaySeconds = in.readFourBytes("Will Delay Interval");
            case 0x19 -> requestResponseInformation = readBoolean(in, "Request Response Information");
            case 0x1F -> reasonString = in.readString("Reason String");
            case 0x21 -> receiveMaximum = (int) readNonZero(in, in.readTwoBytes("Receive Maximum"), "Receive Maximum");
            case 0x22 -> topicAliasMaximum = in.readTwoBytes("Topic Alias Maximum");
            case 0x23 -> topicAlias = readTopicAlias(in);
            case USER_PROPERTY -> readUserProperty(in);
            case 0x27 -> maximumPacketSize = readMaximumPacketSize(in);
            default -> throw in.malformed(String.format("property 0x%02X (expected: a known one)", id));
        }
    }

    private void readUserProperty(WireReader in) {
        if (userProperties.isEmpty()) {
            userProperties = new ArrayList<>();
        }
        int max = in.limits().userPropertiesMax();
        if (userProperties.size() >= max) {
            throw in.quotaExceeded("more than " + max + " user properties (limits.user-properties)");
        }
        userProperties.add(new UserProperty(in.readString("User Property"), in.readString("User Property")));
    }

    private static boolean readBoolean(WireReader in, String what) {
        int value = in.readByte(what);
        if (value > 1) {
            throw in.protocolError(what + " " + value + " (expected: 0 or 1)");
        }
        return value == 1;
    }

    private static long readNonZero(WireReader in, long value, String what) {
        if (value == 0) {
            throw in.protocolError(what + " 0 (expected: at least 1)");
        }
        return value;
    }

    private static int readSubscriptionIdentifier(WireReader in) {
        // Section 3.8.2.1.2: 1 to 268,435,455.
        String what = "Subscription Identifier";
        return (int) readNonZero(in, in.readVariableByteInteger(what), what);
    }

    private static int readMaximumPacketSize(WireReader in) {
        String what = "Maximum Packet Size";
        return (int) Math.min(readNonZero(in, in.readFourBytes(what), what), Integer.MAX_VALUE);
    }

    private static int readTopicAlias(WireReader in) {
        int alias = in.readTwoBytes("Topic Alias");
        if (alias == 0) {
            // [MQTT-3.3.2-8]; the code of all aliases that cannot be used.
            throw Violation.of(ReasonCode.TOPIC_ALIAS_INVALID, "PUBLISH: Topic Alias 0 (expected: at least 1)");
        }
        return alias;
    }

    private static String readResponseTopic(WireReader in) {
        String topic = in.readString("Response Topic");
        String problem = TopicName.problem(topic);
        if (problem != null) {
            // [MQTT-3.3.2-14]
            throw in.protocolError("Response Topic: " + problem);
        }
        return topic;
    }

    private static long set(int... ids) {
        long set = 0;
        for (int id : ids) {
            set |= 1L << id;
        }
        return set;
    }
}
