package io.sluice.mqtt.codec;

import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.ReasonCode;
import io.sluice.mqtt.message.TopicName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a CONNECT of any version (MQTT 5, section 3.1). Lives for one packet. */
final class ConnectReader {

    /** The longest start of a body that says name and level: "MQIsdp" with its length, and the level. */
    static final int PROTOCOL_BYTES_MAX = 9;

    private static final String NAME = "MQTT";
    private static final String NAME_3_1 = "MQIsdp";

    private static final int USER_NAME = 0x80;
    private static final int PASSWORD = 0x40;
    private static final int WILL_RETAIN = 0x20;
    private static final int WILL_QOS = 0x18;
    private static final int WILL = 0x04;
    private static final int CLEAN_START = 0x02;
    private static final int RESERVED = 0x01;

    private final WireReader in;
    private final int maxClientIdBytes;
    private @Nullable ProtocolVersion answerVersion;

    ConnectReader(WireReader in, int maxClientIdBytes) {
        this.in = in;
        this.maxClientIdBytes = maxClientIdBytes;
    }

    /**
     * The version to refuse the packet in, as far as it has been read; null when it does not look like MQTT, so that
     * there is nobody to answer.
     */
    @Nullable
    ProtocolVersion answerVersion() {
        return answerVersion;
    }

    /** Reads the protocol name and level only. */
    ProtocolVersion readVersion() {
        String name = in.readString("protocol name");
        if (!name.equals(NAME) && !name.equals(NAME_3_1)) {
            // [MQTT-3.1.2-1]: not an MQTT client, so there is no CONNACK that it could read.
            throw Violation.of(
                    ReasonCode.UNSUPPORTED_PROTOCOL_VERSION, "CONNECT: unknown protocol name (expected: MQTT, MQIsdp)");
        }
        int level = in.readByte("protocol level");
        for (ProtocolVersion version : ProtocolVersion.values()) {
            if (level == version.level() && name.equals(version == ProtocolVersion.MQTT_3_1 ? NAME_3_1 : NAME)) {
                answerVersion = version;
                return version;
            }
        }
        // [MQTT-3.1.2-2]. Bridges try 0x83 and 0x84 first and need return code 1 to go on with 3 or 4; what is above 5
        // is a later version, and knows the CONNACK of 5.
        boolean later = level > 5 && (level & 0x80) == 0;
        answerVersion = later ? ProtocolVersion.MQTT_5 : ProtocolVersion.MQTT_3_1_1;
        throw Violation.of(
                ReasonCode.UNSUPPORTED_PROTOCOL_VERSION,
                String.format(
                        "CONNECT: %s at protocol level 0x%02X (expected: MQIsdp 3, MQTT 4, MQTT 5)", name, level));
    }

    Packet.Connect read() {
        ProtocolVersion version = readVersion();
        int flags = in.readByte("connect flags");
        checkFlags(version, flags);
        int keepAliveSeconds = in.readTwoBytes("keep alive");
        PacketProperties properties =
                version.isMqtt5() ? PacketProperties.read(in, PacketProperties.IN_CONNECT) : PacketProperties.NONE;
        if (properties.authenticationData != null && properties.authenticationMethod == null) {
            // Section 3.1.2.11.10
            throw in.protocolError("Authentication Data without Authentication Method");
        }
        boolean cleanStart = is(flags, CLEAN_START);
        String clientId = in.readString("client identifier");
        Packet.Will will = is(flags, WILL) ? readWill(version, flags) : null;
        String userName = hasField(version, flags, USER_NAME) ? in.readString("user name") : null;
        Payload password = hasField(version, flags, PASSWORD) ? in.readBinary("password") : null;
        in.finish();
        // Last, so that a packet that is malformed besides is called that.
        checkClientId(version, clientId, cleanStart);
        return new Packet.Connect(
                version,
                clientId,
                cleanStart,
                keepAliveSeconds,
                userName,
                password,
                will,
                version.isMqtt5() ? connectProperties(properties) : Packet.ConnectProperties.MQTT_3_DEFAULTS);
    }

    private void checkFlags(ProtocolVersion version, int flags) {
        if ((flags & WILL_QOS) == WILL_QOS) {
            throw in.malformed("will QoS 3 (expected: 0, 1 or 2)"); // [MQTT-3.1.2-12]
        }
        if (!version.isMqtt5() && is(flags, PASSWORD) && !is(flags, USER_NAME)) {
            throw in.malformed("password without user name"); // 3.1.1: [MQTT-3.1.2-22]
        }
        if (version == ProtocolVersion.MQTT_3_1) {
            // 3.1 gives the other combinations no meaning, and no prohibition.
            return;
        }
        if (is(flags, RESERVED)) {
            throw in.malformed("reserved connect flag 1 (expected: 0)"); // [MQTT-3.1.2-3]
        }
        if (!is(flags, WILL) && (flags & (WILL_QOS | WILL_RETAIN)) != 0) {
            throw in.malformed("will QoS or will retain without will"); // [MQTT-3.1.2-11, -13]
        }
    }

    /** In 3.1 alone the packet's length outranks the flags: fields at its end may be missing. */
    private boolean hasField(ProtocolVersion version, int flags, int field) {
        return is(flags, field) && (version != ProtocolVersion.MQTT_3_1 || in.remaining() > 0);
    }

    private Packet.Will readWill(ProtocolVersion version, int flags) {
        PacketProperties properties =
                version.isMqtt5() ? PacketProperties.read(in, PacketProperties.IN_WILL) : PacketProperties.NONE;
        String topic = in.readString("will topic");
        String problem = TopicName.problem(topic);
        if (problem != null) {
            throw Violation.of(ReasonCode.TOPIC_NAME_INVALID, "CONNECT: will topic: " + problem);
        }
        Payload payload = in.readBinary("will payload");
        MessageProperties messageProperties = properties.toMessageProperties();
        Qos qos = Qos.of((flags & WILL_QOS) >> 3);
        return new Packet.Will(
                new Message(TopicName.of(topic), qos, is(flags, WILL_RETAIN), payload, messageProperties, null),
                properties.messageExpirySeconds,
                properties.willDelaySeconds);
    }

    private void checkClientId(ProtocolVersion version, String clientId, boolean cleanStart) {
        if (clientId.isEmpty()) {
            // 3.1 knows no empty identifier; 3.1.1 only without a session to find again [MQTT-3.1.3-8].
            boolean mayBeEmpty = version.isMqtt5() || (version == ProtocolVersion.MQTT_3_1_1 && cleanStart);
            if (!mayBeEmpty) {
                throw Violation.of(
                        ReasonCode.CLIENT_IDENTIFIER_NOT_VALID,
                        "CONNECT: empty client identifier (expected: one, since a session is kept under it)");
            }
        }
        // Bytes are never fewer than characters.
        if (clientId.length() > maxClientIdBytes
                || clientId.getBytes(StandardCharsets.UTF_8).length > maxClientIdBytes) {
            throw Violation.of(
                    ReasonCode.CLIENT_IDENTIFIER_NOT_VALID,
                    "CONNECT: client identifier longer than max-client-id-length (expected: at most " + maxClientIdBytes
                            + " bytes)");
        }
    }

    private static Packet.ConnectProperties connectProperties(PacketProperties properties) {
        return new Packet.ConnectProperties(
                Math.max(0, properties.sessionExpirySeconds),
                properties.receiveMaximum,
                properties.maximumPacketSize,
                properties.topicAliasMaximum,
                properties.requestResponseInformation,
                properties.requestProblemInformation,
                properties.authenticationMethod,
                properties.authenticationData,
                List.copyOf(properties.userProperties));
    }

    private static boolean is(int flags, int flag) {
        return (flags & flag) != 0;
    }
}
