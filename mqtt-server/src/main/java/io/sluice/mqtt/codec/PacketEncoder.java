package io.sluice.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.sluice.mqtt.message.ReasonCode;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns the {@link Packet}s that a server sends into bytes of the connection's version; buffers, such as those of a
 * {@link PublishFrame}, pass as they are. Confined to its loop.
 *
 * <p>MQTT 3 servers can't send DISCONNECT: it is dropped, and its promise succeeds, so that "send, then close" is right
 * for all versions. Answers that succeed take MQTT 5's short form.
 */
public final class PacketEncoder extends ChannelOutboundHandlerAdapter {

    /** The handler's name in the pipeline. */
    public static final String NAME = "mqttEncoder";

    private static final int MQTT_3_1_1_SUBACK_FAILURE = 0x80;

    private ProtocolVersion version = ProtocolVersion.MQTT_3_1_1;
    private int maximumPacketSize = Integer.MAX_VALUE;
    private Consumer<Packet> onTooLarge = packet -> {};

    /** Sets the version to write: the one that CONNECT named, or the one to refuse it in. 3.1.1 before. */
    public void version(ProtocolVersion newVersion) {
        version = newVersion;
    }

    /**
     * Sets what the client takes [MQTT-3.1.2-24]: a packet that is larger goes without its reason string, and where that
     * is not enough, not at all.
     *
     * @param bytes its Maximum Packet Size
     * @param tooLarge told, on the loop and within the write, of a packet that is not sent
     */
    public void bound(int bytes, Consumer<Packet> tooLarge) {
        maximumPacketSize = bytes;
        onTooLarge = tooLarge;
    }

    /** How many bytes the packet takes on the wire: what the client's Maximum Packet Size bounds [MQTT-3.1.2-24]. */
    public static int encodedSize(Packet packet, ProtocolVersion version) {
        ByteBuf encoded = encode(packet, version, UnpooledByteBufAllocator.DEFAULT, true);
        if (encoded == null) {
            return 0;
        }
        try {
            return encoded.readableBytes();
        } finally {
            encoded.release();
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (!(message instanceof Packet packet)) {
            ctx.write(message, promise);
            return;
        }
        ByteBuf encoded = encode(packet, version, ctx.alloc(), true);
        if (encoded != null && encoded.readableBytes() > maximumPacketSize) {
            encoded.release();
            encoded = encode(packet, version, ctx.alloc(), false);
        }
        if (encoded == null) {
            promise.trySuccess();
        } else if (encoded.readableBytes() > maximumPacketSize) {
            encoded.release();
            promise.trySuccess();
            onTooLarge.accept(packet);
        } else {
            ctx.write(encoded, promise);
        }
    }

    /** The packet's bytes, or null when the version has no such packet. The caller releases them. */
    private static @Nullable ByteBuf encode(
            Packet packet, ProtocolVersion version, ByteBufAllocator alloc, boolean withReason) {
        if (packet instanceof Packet.PubAck p) {
            return answer(
                    alloc,
                    version,
                    PacketType.PUBACK,
                    p.packetId(),
                    p.reasonCode(),
                    withReason ? p.reasonString() : null);
        } else if (packet instanceof Packet.PubRec p) {
            return answer(
                    alloc,
                    version,
                    PacketType.PUBREC,
                    p.packetId(),
                    p.reasonCode(),
                    withReason ? p.reasonString() : null);
        } else if (packet instanceof Packet.PubRel p) {
            return answer(alloc, version, PacketType.PUBREL, p.packetId(), p.reasonCode(), null);
        } else if (packet instanceof Packet.PubComp p) {
            return answer(alloc, version, PacketType.PUBCOMP, p.packetId(), p.reasonCode(), null);
        } else if (packet instanceof Packet.PingResp) {
            return alloc.directBuffer(2).writeShort(PacketType.PINGRESP.firstByte() << 8);
        } else if (packet instanceof Packet.SubAck p) {
            return subAck(alloc, version, p);
        } else if (packet instanceof Packet.UnsubAck p) {
            return unsubAck(alloc, version, p);
        } else if (packet instanceof Packet.ConnAck p) {
            return version.isMqtt5()
                    ? ConnAckWriter.encode(alloc, p, withReason)
                    : ConnAckWriter.encodeMqtt3(alloc, version, p);
        } else if (packet instanceof Packet.Disconnect p) {
            return version.isMqtt5() ? disconnect(alloc, p, withReason) : null;
        } else if (packet instanceof Packet.Auth p) {
            assert version.isMqtt5() : "AUTH in MQTT 3";
            return version.isMqtt5() ? auth(alloc, p) : null;
        }
        throw new IllegalArgumentException(packet.getClass().getSimpleName() + " is not sent by a server");
    }

    private static ByteBuf answer(
            ByteBufAllocator alloc,
            ProtocolVersion version,
            PacketType type,
            int packetId,
            ReasonCode reasonCode,
            @Nullable String reasonString) {
        boolean shortForm = !version.isMqtt5() || (reasonCode == ReasonCode.SUCCESS && reasonString == null);
        if (shortForm) {
            return alloc.directBuffer(4).writeInt((type.firstByte() << 24) | (2 << 16) | packetId);
        }
        if (reasonString == null) {
            ByteBuf out = alloc.directBuffer(5);
            return out.writeByte(type.firstByte())
                    .writeByte(3)
                    .writeShort(packetId)
                    .writeByte(reasonCode.code());
        }
        PropertiesWriter properties = new PropertiesWriter().string(0x1F, reasonString);
        ByteBuf out = begin(alloc, type, 3 + properties.size());
        out.writeShort(packetId).writeByte(reasonCode.code());
        return properties.writeTo(out);
    }

    private static ByteBuf subAck(ByteBufAllocator alloc, ProtocolVersion version, Packet.SubAck subAck) {
        List<ReasonCode> codes = subAck.reasonCodes();
        int propertyBytes = version.isMqtt5() ? 1 : 0;
        ByteBuf out = begin(alloc, PacketType.SUBACK, 2 + propertyBytes + codes.size());
        out.writeShort(subAck.packetId()).writeZero(propertyBytes);
        for (ReasonCode code : codes) {
            out.writeByte(code.isError() ? failure(version, code) : code.code());
        }
        return out;
    }

    private static int failure(ProtocolVersion version, ReasonCode code) {
        return switch (version) {
            // Section 3.9 of 3.1: there is no way to say so, and the acknowledgement must be positive.
            case MQTT_3_1 -> 0;
            case MQTT_3_1_1 -> MQTT_3_1_1_SUBACK_FAILURE;
            case MQTT_5 -> code.code();
        };
    }

    private static ByteBuf unsubAck(ByteBufAllocator alloc, ProtocolVersion version, Packet.UnsubAck unsubAck) {
        if (!version.isMqtt5()) {
            return begin(alloc, PacketType.UNSUBACK, 2).writeShort(unsubAck.packetId());
        }
        List<ReasonCode> codes = unsubAck.reasonCodes();
        ByteBuf out = begin(alloc, PacketType.UNSUBACK, 3 + codes.size());
        out.writeShort(unsubAck.packetId()).writeByte(0);
        for (ReasonCode code : codes) {
            out.writeByte(code.code());
        }
        return out;
    }

    private static ByteBuf disconnect(ByteBufAllocator alloc, Packet.Disconnect disconnect, boolean withReason) {
        PropertiesWriter properties = new PropertiesWriter();
        // The Session Expiry Interval is not for servers to send [MQTT-3.14.2-2].
        properties.string(0x1F, withReason ? disconnect.reasonString() : null);
        if (properties.isEmpty()) {
            return begin(alloc, PacketType.DISCONNECT, 1)
                    .writeByte(disconnect.reasonCode().code());
        }
        ByteBuf out = begin(alloc, PacketType.DISCONNECT, 1 + properties.size());
        out.writeByte(disconnect.reasonCode().code());
        return properties.writeTo(out);
    }

    private static ByteBuf auth(ByteBufAllocator alloc, Packet.Auth auth) {
        PropertiesWriter properties = new PropertiesWriter().string(0x15, auth.method());
        if (auth.data() != null) {
            properties.binary(0x16, auth.data().bytes());
        }
        ByteBuf out = begin(alloc, PacketType.AUTH, 1 + properties.size());
        out.writeByte(auth.reasonCode().code());
        return properties.writeTo(out);
    }

    /** A buffer of the packet's size with its fixed header. */
    static ByteBuf begin(ByteBufAllocator alloc, PacketType type, int remainingLength) {
        ByteBuf out = alloc.directBuffer(1 + WireWriter.sizeOfVariableByteInteger(remainingLength) + remainingLength);
        out.writeByte(type.firstByte());
        WireWriter.writeVariableByteInteger(out, remainingLength);
        return out;
    }
}
