package io.sluice.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.sluice.mqtt.message.ReasonCode;

/**
 * PUBACK, PUBREC and PUBCOMP that say "success" and nothing else, four bytes (MQTT 5, section 3.4.2.1), and PINGRESP, two:
 * the same in all versions. Most of what a server writes to publishers, and all that it writes to who only pings, so that
 * many are put into one buffer. Stateless.
 */
public final class ShortAnswer {

    /** The length of the longest. */
    public static final int BYTES_MAX = 4;

    private static final int REMAINING_LENGTH = 2;

    private ShortAnswer() {}

    /** Whether the packet is one. */
    public static boolean is(Packet packet) {
        if (packet instanceof Packet.PubAck ack) {
            return ack.reasonCode() == ReasonCode.SUCCESS && ack.reasonString() == null;
        }
        if (packet instanceof Packet.PubRec rec) {
            return rec.reasonCode() == ReasonCode.SUCCESS && rec.reasonString() == null;
        }
        if (packet instanceof Packet.PubComp comp) {
            return comp.reasonCode() == ReasonCode.SUCCESS;
        }
        return packet instanceof Packet.PingResp;
    }

    /**
     * Appends the packet to the buffer, which is borrowed.
     *
     * @throws IllegalArgumentException when it is none of them
     */
    public static void append(ByteBuf out, Packet packet) {
        if (packet instanceof Packet.PubAck ack) {
            append(out, PacketType.PUBACK, ack.packetId());
        } else if (packet instanceof Packet.PubRec rec) {
            append(out, PacketType.PUBREC, rec.packetId());
        } else if (packet instanceof Packet.PubComp comp) {
            append(out, PacketType.PUBCOMP, comp.packetId());
        } else if (packet instanceof Packet.PingResp) {
            out.writeShort(PacketType.PINGRESP.firstByte() << 8);
        } else {
            throw new IllegalArgumentException(
                    "short answer: " + packet + " (expected: PUBACK, PUBREC, PUBCOMP or PINGRESP)");
        }
    }

    private static void append(ByteBuf out, PacketType type, int packetId) {
        out.writeInt(type.firstByte() << 24 | REMAINING_LENGTH << 16 | packetId);
    }
}
