package io.sluice.mqtt.codec;

import io.sluice.mqtt.message.ReasonCode;
import java.util.EnumSet;
import java.util.Set;

/** Reads the packets that consist of a reason: the four answers, DISCONNECT and AUTH (MQTT 5, sections 3.4 to 3.7, 3.14, 3.15). */
final class AnswerReader {

    private static final Set<ReasonCode> OF_PUBACK = EnumSet.of(
            ReasonCode.SUCCESS,
            ReasonCode.NO_MATCHING_SUBSCRIBERS,
            ReasonCode.UNSPECIFIED_ERROR,
            ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR,
            ReasonCode.NOT_AUTHORIZED,
            ReasonCode.TOPIC_NAME_INVALID,
            ReasonCode.PACKET_IDENTIFIER_IN_USE,
            ReasonCode.QUOTA_EXCEEDED,
            ReasonCode.PAYLOAD_FORMAT_INVALID);
    private static final Set<ReasonCode> OF_PUBREL =
            EnumSet.of(ReasonCode.SUCCESS, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND);
    private static final Set<ReasonCode> OF_DISCONNECT = EnumSet.of(
            ReasonCode.SUCCESS,
            ReasonCode.DISCONNECT_WITH_WILL,
            ReasonCode.UNSPECIFIED_ERROR,
            ReasonCode.MALFORMED_PACKET,
            ReasonCode.PROTOCOL_ERROR,
            ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR,
            ReasonCode.TOPIC_NAME_INVALID,
            ReasonCode.RECEIVE_MAXIMUM_EXCEEDED,
            ReasonCode.TOPIC_ALIAS_INVALID,
            ReasonCode.PACKET_TOO_LARGE,
            ReasonCode.MESSAGE_RATE_TOO_HIGH,
            ReasonCode.QUOTA_EXCEEDED,
            ReasonCode.ADMINISTRATIVE_ACTION,
            ReasonCode.PAYLOAD_FORMAT_INVALID);
    private static final Set<ReasonCode> OF_AUTH =
            EnumSet.of(ReasonCode.CONTINUE_AUTHENTICATION, ReasonCode.REAUTHENTICATE);

    private AnswerReader() {}

    static Packet readPubAck(WireReader in, ProtocolVersion version) {
        int packetId = in.readPacketId();
        ReasonCode reasonCode = readReasonCode(in, version, OF_PUBACK);
        return new Packet.PubAck(packetId, reasonCode, readProperties(in).reasonString);
    }

    static Packet readPubRec(WireReader in, ProtocolVersion version) {
        int packetId = in.readPacketId();
        ReasonCode reasonCode = readReasonCode(in, version, OF_PUBACK);
        return new Packet.PubRec(packetId, reasonCode, readProperties(in).reasonString);
    }

    static Packet readPubRel(WireReader in, ProtocolVersion version) {
        int packetId = in.readPacketId();
        ReasonCode reasonCode = readReasonCode(in, version, OF_PUBREL);
        readProperties(in);
        return new Packet.PubRel(packetId, reasonCode);
    }

    static Packet readPubComp(WireReader in, ProtocolVersion version) {
        int packetId = in.readPacketId();
        ReasonCode reasonCode = readReasonCode(in, version, OF_PUBREL);
        readProperties(in);
        return new Packet.PubComp(packetId, reasonCode);
    }

    static Packet readDisconnect(WireReader in, ProtocolVersion version) {
        ReasonCode reasonCode = readReasonCode(in, version, OF_DISCONNECT);
        PacketProperties properties =
                in.remaining() == 0 ? PacketProperties.NONE : PacketProperties.read(in, PacketProperties.IN_DISCONNECT);
        return new Packet.Disconnect(reasonCode, properties.sessionExpirySeconds, properties.reasonString);
    }

    static Packet readAuth(WireReader in, ProtocolVersion version) {
        if (!version.isMqtt5()) {
            throw in.malformed("in MQTT " + version.id() + " (expected: MQTT 5)");
        }
        ReasonCode reasonCode = readReasonCode(in, version, OF_AUTH);
        PacketProperties properties =
                in.remaining() == 0 ? PacketProperties.NONE : PacketProperties.read(in, PacketProperties.IN_AUTH);
        if (properties.authenticationMethod == null) {
            throw in.protocolError("no Authentication Method"); // Section 3.15.2.2.2
        }
        return new Packet.Auth(reasonCode, properties.authenticationMethod, properties.authenticationData);
    }

    /** MQTT 3 has no reason codes, so what follows is found to be too many bytes; in MQTT 5 a missing one is success. */
    private static ReasonCode readReasonCode(WireReader in, ProtocolVersion version, Set<ReasonCode> allowed) {
        if (!version.isMqtt5()) {
            in.finish();
            return ReasonCode.SUCCESS;
        }
        int code = in.remaining() == 0 ? ReasonCode.SUCCESS.code() : in.readByte("reason code");
        for (ReasonCode reasonCode : allowed) {
            if (reasonCode.code() == code) {
                return reasonCode;
            }
        }
        throw in.protocolError(String.format("reason code 0x%02X (expected: one that a client may send)", code));
    }

    private static PacketProperties readProperties(WireReader in) {
        return in.remaining() == 0 ? PacketProperties.NONE : PacketProperties.read(in, PacketProperties.IN_ANSWER);
    }
}
