package io.sluice.mqtt.spec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/** Writes what packets are made of, byte by byte; what it makes may be illegal. */
final class Wire {

    static final int CONNECT = 0x10;
    static final int CONNACK = 0x20;
    static final int PUBLISH = 0x30;
    static final int PUBACK = 0x40;
    static final int PUBREC = 0x50;
    static final int PUBREL = 0x62;
    static final int PUBCOMP = 0x70;
    static final int SUBSCRIBE = 0x82;
    static final int SUBACK = 0x90;
    static final int UNSUBSCRIBE = 0xA2;
    static final int UNSUBACK = 0xB0;
    static final int PINGREQ = 0xC0;
    static final int PINGRESP = 0xD0;
    static final int DISCONNECT = 0xE0;
    static final int AUTH = 0xF0;

    private Wire() {}

    /** A packet: its first byte, the remaining length, its parts. */
    static byte[] packet(int firstByte, byte[]... parts) {
        byte[] body = join(parts);
        return join(u8(firstByte), varint(body.length), body);
    }

    /** A PUBLISH without properties; {@code flags} has DUP, QoS and RETAIN. */
    static byte[] publish(Version version, int flags, String topic, int packetId, String payload) {
        byte[] id = (flags & 0x06) == 0 ? new byte[0] : u16(packetId);
        return packet(PUBLISH | flags, text(topic), id, noProperties(version), payload.getBytes(UTF_8));
    }

    /** A PUBLISH of MQTT 5 with properties. */
    static byte[] publish5(int flags, String topic, int packetId, String payload, byte[]... properties) {
        byte[] id = (flags & 0x06) == 0 ? new byte[0] : u16(packetId);
        return packet(PUBLISH | flags, text(topic), id, properties(properties), payload.getBytes(UTF_8));
    }

    /** A SUBSCRIBE for filters with the same options. */
    static byte[] subscribe(Version version, int packetId, int options, String... filters) {
        byte[][] entries = new byte[filters.length][];
        for (int i = 0; i < filters.length; i++) {
            entries[i] = join(text(filters[i]), u8(options));
        }
        return packet(SUBSCRIBE, u16(packetId), noProperties(version), join(entries));
    }

    static byte[] unsubscribe(Version version, int packetId, String... filters) {
        byte[][] entries = new byte[filters.length][];
        for (int i = 0; i < filters.length; i++) {
            entries[i] = text(filters[i]);
        }
        return packet(UNSUBSCRIBE, u16(packetId), noProperties(version), join(entries));
    }

    /** An acknowledgement that says no more than its packet id. */
    static byte[] answer(int firstByte, int packetId) {
        return packet(firstByte, u16(packetId));
    }

    static byte[] ping() {
        return packet(PINGREQ);
    }

    static byte[] disconnect() {
        return packet(DISCONNECT);
    }

    /** The place of properties, empty; MQTT 3 has none. */
    static byte[] noProperties(Version version) {
        return version.is5() ? u8(0) : new byte[0];
    }

    static byte[] properties(byte[]... properties) {
        byte[] all = join(properties);
        return join(varint(all.length), all);
    }

    static byte[] u8(int value) {
        return new byte[] {(byte) value};
    }

    static byte[] u16(int value) {
        return new byte[] {(byte) (value >> 8), (byte) value};
    }

    static byte[] u32(long value) {
        return new byte[] {(byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value};
    }

    static byte[] text(String value) {
        return binary(value.getBytes(UTF_8));
    }

    static byte[] binary(byte[] value) {
        return join(u16(value.length), value);
    }

    /** Bytes as text shows them: {@code "c0 80"}. */
    static byte[] hex(String bytes) {
        return HexFormat.of().parseHex(bytes.replace(" ", ""));
    }

    static byte[] varint(int value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int rest = value;
        do {
            int digit = rest & 0x7F;
            rest >>>= 7;
            out.write(rest > 0 ? digit | 0x80 : digit);
        } while (rest > 0);
        return out.toByteArray();
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
