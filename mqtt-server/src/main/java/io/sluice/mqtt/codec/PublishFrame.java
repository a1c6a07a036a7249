package io.sluice.mqtt.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.message.UserProperty;
import org.jspecify.annotations.Nullable;

/**
 * A PUBLISH to subscribers: encoded once, written to many. One per message; what does not depend on the subscriber is
 * encoded at first use and kept, and at QoS 0 that is the frame. Safe for all threads: everything kept is an array that
 * is not written to after a volatile write has published it; two threads may encode the same bytes, and one's are kept.
 *
 * <p>{@link #encode} gives a new pooled direct buffer into which everything has been copied: the one copy that a socket
 * needs in any case. Wrapping the shared arrays would not save it, since Netty copies heap memory into a direct
 * buffer when it is written, and would cost a composite buffer besides.
 *
 * <p>Properties that cannot be sent are left out: texts from Kafka headers that are no MQTT strings, or are longer than
 * 65,535 bytes. A message is not lost for them.
 */
public final class PublishFrame {

    /** The largest payload that is kept in a whole frame: beyond, a second copy of it in memory costs more than it saves. */
    private static final int SHARED_PAYLOAD_BYTES_MAX = 1024;

    private static final int FIRST_BYTE = PacketType.PUBLISH.firstByte();
    private static final int DUP = 0x08;
    private static final int RETAIN = 0x01;

    private final Message message;

    // encoded at first use
    private volatile byte @Nullable [] topic;
    private volatile byte @Nullable [] properties;
    private volatile byte @Nullable [] plainMqtt3;
    private volatile byte @Nullable [] plainMqtt5;

    private PublishFrame(Message message) {
        this.message = message;
    }

    /** The frame of this message; encodes nothing yet. */
    public static PublishFrame of(Message message) {
        return new PublishFrame(message);
    }

    public Message message() {
        return message;
    }

    /** The exact number of bytes that {@link #encode} gives: what the client's Maximum Packet Size bounds [MQTT-3.1.2-24]. */
    public int size(Variant variant) {
        if (isShared(variant)) {
            return plainFrame(variant.version()).length;
        }
        return computedSize(variant);
    }

    private boolean isShared(Variant variant) {
        return variant.isPlain() && message.payload().size() <= SHARED_PAYLOAD_BYTES_MAX;
    }

    private int computedSize(Variant variant) {
        int remainingLength = remainingLength(variant);
        return 1 + WireWriter.sizeOfVariableByteInteger(remainingLength) + remainingLength;
    }

    /** The frame for this subscriber, in a buffer that the caller releases. Any thread. */
    public ByteBuf encode(ByteBufAllocator alloc, Variant variant) {
        ByteBuf out = alloc.directBuffer(size(variant));
        encodeTo(out, variant);
        return out;
    }

    /** Appends the frame for this subscriber to the buffer, which is borrowed and grows if it must. Any thread. */
    public void encodeTo(ByteBuf out, Variant variant) {
        if (!isShared(variant)) {
            write(out, variant);
            return;
        }
        int start = out.writerIndex();
        out.writeBytes(plainFrame(variant.version()));
        if (variant.retain()) {
            out.setByte(start, FIRST_BYTE | RETAIN);
        }
    }

    private void write(ByteBuf out, Variant variant) {
        int dup = variant.dup() && variant.qos() != Qos.AT_MOST_ONCE ? DUP : 0;
        out.writeByte(FIRST_BYTE | dup | (variant.qos().level() << 1) | (variant.retain() ? RETAIN : 0));
        WireWriter.writeVariableByteInteger(out, remainingLength(variant));
        if (variant.topicOmitted()) {
            out.writeShort(0);
        } else {
            WireWriter.writeBinary(out, topic());
        }
        if (variant.qos() != Qos.AT_MOST_ONCE) {
            assert variant.packetId() != 0
                    : "packet id 0 at QoS " + variant.qos().level();
            out.writeShort(variant.packetId());
        }
        if (variant.version().isMqtt5()) {
            writeProperties(out, variant);
        }
        out.writeBytes(message.payload().bytes());
    }

    private void writeProperties(ByteBuf out, Variant variant) {
        byte[] shared = properties();
        WireWriter.writeVariableByteInteger(out, ownPropertyBytes(variant) + shared.length);
        if (variant.remainingExpirySeconds() >= 0) {
            out.writeByte(0x02).writeInt((int) variant.remainingExpirySeconds());
        }
        if (variant.topicAlias() != 0) {
            out.writeByte(0x23).writeShort(variant.topicAlias());
        }
        for (int identifier : variant.subscriptionIdentifiers()) {
            out.writeByte(0x0B);
            WireWriter.writeVariableByteInteger(out, identifier);
        }
        out.writeBytes(shared);
    }

    private int remainingLength(Variant variant) {
        int topicBytes = variant.topicOmitted() ? 2 : 2 + topic().length;
        int packetIdBytes = variant.qos() == Qos.AT_MOST_ONCE ? 0 : 2;
        int propertyBytes = 0;
        if (variant.version().isMqtt5()) {
            int bytes = ownPropertyBytes(variant) + properties().length;
            propertyBytes = WireWriter.sizeOfVariableByteInteger(bytes) + bytes;
        }
        return topicBytes + packetIdBytes + propertyBytes + message.payload().size();
    }

    private static int ownPropertyBytes(Variant variant) {
        int bytes = variant.remainingExpirySeconds() >= 0 ? 5 : 0;
        if (variant.topicAlias() != 0) {
            bytes += 3;
        }
        for (int identifier : variant.subscriptionIdentifiers()) {
            bytes += 1 + WireWriter.sizeOfVariableByteInteger(identifier);
        }
        return bytes;
    }

    private byte[] plainFrame(ProtocolVersion version) {
        byte[] frame = version.isMqtt5() ? plainMqtt5 : plainMqtt3;
        if (frame == null) {
            Variant variant = Variant.plain(version, false);
            frame = new byte[computedSize(variant)];
            write(Unpooled.wrappedBuffer(frame).clear(), variant);
            if (version.isMqtt5()) {
                plainMqtt5 = frame;
            } else {
                plainMqtt3 = frame;
            }
        }
        return frame;
    }

    private byte[] topic() {
        byte[] bytes = topic;
        if (bytes == null) {
            bytes = message.topicName().value().getBytes(UTF_8);
            topic = bytes;
        }
        return bytes;
    }

    private byte[] properties() {
        byte[] bytes = properties;
        if (bytes == null) {
            bytes = encodeProperties(message.properties());
            properties = bytes;
        }
        return bytes;
    }

    private static byte[] encodeProperties(MessageProperties properties) {
        ByteBuf out = Unpooled.buffer();
        if (properties.payloadFormatUtf8()) {
            out.writeByte(0x01).writeByte(1);
        }
        String contentType = properties.contentType();
        if (contentType != null && WireWriter.isEncodable(contentType)) {
            out.writeByte(0x03);
            WireWriter.writeString(out, contentType);
        }
        String responseTopic = properties.responseTopic();
        if (responseTopic != null && TopicName.problem(responseTopic) == null) {
            out.writeByte(0x08);
            WireWriter.writeString(out, responseTopic);
        }
        if (properties.correlationData() != null && properties.correlationData().size() <= WireWriter.FIELD_BYTES_MAX) {
            out.writeByte(0x09);
            WireWriter.writeBinary(out, properties.correlationData().bytes());
        }
        for (UserProperty property : properties.userProperties()) {
            if (WireWriter.isEncodable(property.name()) && WireWriter.isEncodable(property.value())) {
                out.writeByte(0x26);
                WireWriter.writeString(out, property.name());
                WireWriter.writeString(out, property.value());
            }
        }
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return bytes;
    }
}
