package io.sluice.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/** Writes the data types of MQTT 5, section 1.5, and knows their sizes beforehand. */
final class WireWriter {

    /** The most bytes that a string or binary data can have. */
    static final int FIELD_BYTES_MAX = 65_535;

    private WireWriter() {}

    /** How many bytes the value takes as a Variable Byte Integer. */
    static int sizeOfVariableByteInteger(int value) {
        if (value < (1 << 7)) {
            return 1;
        }
        if (value < (1 << 14)) {
            return 2;
        }
        return value < (1 << 21) ? 3 : 4;
    }

    static void writeVariableByteInteger(ByteBuf out, int value) {
        int rest = value;
        while (rest >= 0x80) {
            out.writeByte((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }

    static int sizeOfString(String text) {
        return 2 + ByteBufUtil.utf8Bytes(text);
    }

    static void writeString(ByteBuf out, String text) {
        int at = out.writerIndex();
        out.writeShort(0);
        int bytes = ByteBufUtil.writeUtf8(out, text);
        assert bytes <= FIELD_BYTES_MAX : "string of " + bytes + " bytes";
        out.setShort(at, bytes);
    }

    static void writeBinary(ByteBuf out, byte[] bytes) {
        assert bytes.length <= FIELD_BYTES_MAX : "binary data of " + bytes.length + " bytes";
        out.writeShort(bytes.length);
        out.writeBytes(bytes);
    }

    /** Whether the text can be sent as a UTF-8 Encoded String: short enough, without U+0000 and unpaired surrogates. */
    static boolean isEncodable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                return false;
            }
            if (Character.isSurrogate(c)) {
                boolean pair = Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    return false;
                }
                i++;
            }
        }
        return ByteBufUtil.utf8Bytes(text) <= FIELD_BYTES_MAX;
    }
}
