package io.sluice.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.ReasonCode;

/** Writes CONNACK (MQTT 5, section 3.2; MQTT 3.1.1, section 3.2). */
final class ConnAckWriter {

    private ConnAckWriter() {}

    static ByteBuf encode(ByteBufAllocator alloc, Packet.ConnAck connAck, boolean withReason) {
        PropertiesWriter properties = new PropertiesWriter();
        Packet.ConnAckProperties p = connAck.properties();
        if (p != null) {
            properties.fourBytes(0x11, p.sessionExpirySeconds()).twoBytes(0x21, p.receiveMaximum());
            if (p.maximumQos() != null && p.maximumQos() != Qos.EXACTLY_ONCE) {
                // Section 3.2.2.3.4: 0 or 1; 2 is said by silence.
                properties.oneByte(0x24, p.maximumQos().level());
            }
            properties
                    .bool(0x25, p.retainAvailable())
                    .fourBytes(0x27, p.maximumPacketSize())
                    .string(0x12, p.assignedClientId())
                    .twoBytes(0x22, p.topicAliasMaximum())
                    .string(0x1F, withReason ? p.reasonString() : null)
                    .bool(0x28, p.wildcardSubscriptionAvailable())
                    .bool(0x29, p.subscriptionIdentifierAvailable())
                    .bool(0x2A, p.sharedSubscriptionAvailable())
                    .twoBytes(0x13, p.serverKeepAliveSeconds())
                    .string(0x1A, p.responseInformation())
                    .string(0x15, p.authenticationMethod());
            if (p.authenticationData() != null) {
                properties.binary(0x16, p.authenticationData().bytes());
            }
        }
        ByteBuf out = PacketEncoder.begin(alloc, PacketType.CONNACK, 2 + properties.size());
        out.writeByte(sessionPresent(connAck)).writeByte(connAck.reasonCode().code());
        return properties.writeTo(out);
    }

    static ByteBuf encodeMqtt3(ByteBufAllocator alloc, ProtocolVersion version, Packet.ConnAck connAck) {
        // 3.1 reserves the byte in which 3.1.1 says whether there is a session.
        int flags = version == ProtocolVersion.MQTT_3_1 ? 0 : sessionPresent(connAck);
        ByteBuf out = PacketEncoder.begin(alloc, PacketType.CONNACK, 2);
        return out.writeByte(flags).writeByte(returnCode(connAck.reasonCode()));
    }

    private static int sessionPresent(Packet.ConnAck connAck) {
        // [MQTT-3.2.2-6]
        return connAck.sessionPresent() && !connAck.reasonCode().isError() ? 1 : 0;
    }

    /** The return code of MQTT 3.1.1, table 3.1, that says most of the reason. */
    private static int returnCode(ReasonCode reasonCode) {
        if (!reasonCode.isError()) {
            return 0;
        }
        // The reasons are more than a switch without default should list: all others mean "not now".
        if (reasonCode == ReasonCode.UNSUPPORTED_PROTOCOL_VERSION) {
            return 1;
        }
        if (reasonCode == ReasonCode.CLIENT_IDENTIFIER_NOT_VALID) {
            return 2;
        }
        if (reasonCode == ReasonCode.BAD_USER_NAME_OR_PASSWORD) {
            return 4;
        }
        return reasonCode == ReasonCode.NOT_AUTHORIZED || reasonCode == ReasonCode.BANNED ? 5 : 3;
    }
}
