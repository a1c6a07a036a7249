package io.sluice.mqtt.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;

/** The bytes of a packet, or of a part of one. Not safe for several threads. */
final class PacketBuilder {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(64);

    PacketBuilder u8(int value) {
        out.write(value);
        return this;
    }

    PacketBuilder u16(int value) {
        out.write(value >> 8);
        out.write(value);
        return this;
    }

    PacketBuilder u32(long value) {
        return u16((int) (value >> 16)).u16((int) value);
    }

    PacketBuilder raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    PacketBuilder text(String text) {
        return binary(text.getBytes(UTF_8));
    }

    PacketBuilder binary(byte[] bytes) {
        return u16(bytes.length).raw(bytes);
    }

    PacketBuilder variable(int value) {
        int rest = value;
        do {
            int digit = rest & 0x7F;
            rest >>>= 7;
            out.write(rest > 0 ? digit | 0x80 : digit);
        } while (rest > 0);
        return this;
    }

    /** What was put in, with its length before it: the properties of MQTT 5. */
    PacketBuilder section(PacketBuilder inner) {
        byte[] bytes = inner.bytes();
        return variable(bytes.length).raw(bytes);
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    /** A packet with this as its body. */
    byte[] packet(int firstByte) {
        byte[] body = bytes();
        return new PacketBuilder().u8(firstByte).variable(body.length).raw(body).bytes();
    }
}
