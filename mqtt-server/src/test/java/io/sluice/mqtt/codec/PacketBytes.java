package io.sluice.mqtt.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;

/** Builds the bytes of packets from their fields. */
final class PacketBytes {

    private PacketBytes() {}
    /** A packet with its fixed header around the parts. */
    static byte[] packet(int firstByte, Object... parts) {
        byte[] body = bytes(parts);
        return bytes(firstByte, variableByteInteger(body.length), body);
    }

    /** Properties behind their length. */
    static byte[] section(byte[] properties) {
        return bytes(variableByteInteger(properties.length), properties);
    }

    static byte[] text(String text) {
        return binary(text.getBytes(UTF_8));
    }

    static byte[] binary(byte[] bytes) {
        return bytes(bytes.length >> 8, bytes.length & 0xFF, bytes);
    }

    /** Joins numbers, characters and arrays. */
    static byte[] bytes(Object... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Object part : parts) {
            if (part instanceof byte[] bytes) {
                out.writeBytes(bytes);
            } else if (part instanceof Character c) {
                out.write(c);
            } else {
                out.write((Integer) part);
            }
        }
        return out.toByteArray();
    }

    private static byte[] variableByteInteger(int value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int rest = value;
        while (rest > 127) {
            out.write(rest % 128 + 128);
            rest /= 128;
        }
        out.write(rest);
        return out.toByteArray();
    }
}
