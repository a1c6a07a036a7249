package io.sluice.mqtt.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.ReasonCode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/**
 * Reads the data types of MQTT 5, section 1.5, from the bytes of one packet, and never beyond them. Confined to its
 * loop; borrows the buffer between {@link #begin} and {@link #finish}.
 */
final class WireReader {

    private final PacketLimits limits;
    private ByteBuf in = Unpooled.EMPTY_BUFFER;
    private PacketType packet = PacketType.CONNECT;
    private int end;

    WireReader(PacketLimits limits) {
        this.limits = limits;
    }

    PacketLimits limits() {
        return limits;
    }

    /** Starts on the packet's next {@code length} bytes, which the buffer must hold. */
    void begin(PacketType newPacket, ByteBuf buffer, int length) {
        packet = newPacket;
        in = buffer;
        end = buffer.readerIndex() + length;
    }

    /** Checks that the packet has been read to its end. */
    void finish() {
        if (remaining() != 0) {
            throw malformed(remaining() + " bytes too many");
        }
        in = Unpooled.EMPTY_BUFFER;
        end = 0;
    }

    /** How many bytes of the packet are left. */
    int remaining() {
        return end - in.readerIndex();
    }

    int readByte(String what) {
        need(1, what);
        return in.readUnsignedByte();
    }

    int readTwoBytes(String what) {
        need(2, what);
        return in.readUnsignedShort();
    }

    long readFourBytes(String what) {
        need(4, what);
        return in.readUnsignedInt();
    }

    /** A Variable Byte Integer (section 1.5.5), which must use as few bytes as possible [MQTT-1.5.5-1]. */
    int readVariableByteInteger(String what) {
        int value = 0;
        for (int shift = 0; shift <= 21; shift += 7) {
            int digit = readByte(what);
            value |= (digit & 0x7F) << shift;
            if (digit < 0x80) {
                if (digit == 0 && shift > 0) {
                    throw malformed(what + " in more bytes than it needs");
                }
                return value;
            }
        }
        throw malformed(what + " in more than four bytes");
    }

    /** A packet identifier, never 0 [MQTT-2.2.1-3]. */
    int readPacketId() {
        int packetId = readTwoBytes("packet id");
        if (packetId == 0) {
            throw protocolError("packet id 0 (expected: 1 to 65535)");
        }
        return packetId;
    }

    Payload readBinary(String what) {
        int length = readTwoBytes(what);
        need(length, what);
        return readBytes(length);
    }

    /** All that is left. */
    Payload readRest() {
        return readBytes(remaining());
    }

    /** A UTF-8 Encoded String: well-formed, without surrogates and U+0000 [MQTT-1.5.4-1, -2]. */
    String readString(String what) {
        int length = readTwoBytes(what);
        need(length, what);
        byte[] bytes = new byte[length];
        in.readBytes(bytes);
        for (byte b : bytes) {
            if (b <= 0) {
                return readUnusual(bytes, what);
            }
        }
        return new String(bytes, ISO_8859_1);
    }

    Violation malformed(String detail) {
        return Violation.malformed(packet + ": " + detail);
    }

    Violation protocolError(String detail) {
        return Violation.protocolError(packet + ": " + detail);
    }

    /** More of something than is taken: the packet itself is well-formed. */
    Violation quotaExceeded(String detail) {
        return Violation.of(ReasonCode.QUOTA_EXCEEDED, packet + ": " + detail);
    }

    private String readUnusual(byte[] bytes, String what) {
        String text;
        try {
            // A new decoder reports what is malformed, where String's constructor would replace it.
            text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw malformed(what + " is not UTF-8");
        }
        if (text.indexOf('\0') >= 0) {
            throw malformed("U+0000 in " + what);
        }
        return text;
    }

    private Payload readBytes(int length) {
        byte[] bytes = new byte[length];
        in.readBytes(bytes);
        return Payload.wrap(bytes);
    }

    private void need(int bytes, String what) {
        if (remaining() < bytes) {
            throw malformed("ends inside " + what);
        }
    }
}
