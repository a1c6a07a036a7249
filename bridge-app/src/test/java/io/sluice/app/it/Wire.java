package io.sluice.app.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;

/** Writes what packets are made of, byte by byte; what it makes may be illegal. */
public final class Wire {

    public static final int CONNECT = 0x10;
    public static final int CONNACK = 0x20;
    public static final int PUBLISH = 0x30;
    public static final int PUBACK = 0x40;
    public static final int PUBREC = 0x50;
    public static final int PUBREL = 0x62;
    public static final int PUBCOMP = 0x70;
    public static final int SUBSCRIBE = 0x82;
    public static final int SUBACK = 0x90;
    public static final int UNSUBSCRIBE = 0xA2;
    public static final int UNSUBACK = 0xB0;
    public static final int PINGREQ = 0xC0;
    public static final int PINGRESP = 0xD0;
    public static final int DISCONNECT = 0xE0;
    public static final int AUTH = 0xF0;

    private Wire() {}

    /** A packet: its first byte, the remaining length, its parts. */
    public static byte[] packet(int firstByte, byte[]... parts) {
        byte[] body = join(parts);
        return join(u8(firstByte), varint(body.length), body);
    }

    public static byte[] pingReq() {
        return packet(PINGREQ);
    }

    /** A SUBSCRIBE for one filter. */
    public static byte[] subscribe(Protocol protocol, int packetId, String filter, int options) {
        return packet(SUBSCRIBE, u16(packetId), noProperties(protocol), text(filter), u8(options));
    }

    /** A PUBLISH without properties. */
    public static byte[] publish(Protocol protocol, int flags, String topic, int packetId, String payload) {
        byte[] id = (flags & 0x06) == 0 ? new byte[0] : u16(packetId);
        return packet(PUBLISH | flags, text(topic), id, noProperties(protocol), payload.getBytes(UTF_8));
    }

    /** An acknowledgement that says no more than its packet id. */
    public static byte[] answer(int firstByte, int packetId) {
        return packet(firstByte, u16(packetId));
    }

    /** The place of properties, empty; MQTT 3 has none. */
    public static byte[] noProperties(Protocol protocol) {
        return protocol == Protocol.MQTT_5 ? u8(0) : new byte[0];
    }

    public static byte[] properties(byte[]... properties) {
        byte[] all = join(properties);
        return join(varint(all.length), all);
    }

    public static byte[] u8(int value) {
        return new byte[] {(byte) value};
    }

    public static byte[] u16(int value) {
        return new byte[] {(byte) (value >> 8), (byte) value};
    }

    public static byte[] u32(long value) {
        return new byte[] {(byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value};
    }

    public static byte[] text(String value) {
        return binary(value.getBytes(UTF_8));
    }

    public static byte[] binary(byte[] value) {
        return join(u16(value.length), value);
    }

    public static byte[] varint(int value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int rest = value;
        do {
            int digit = rest & 0x7F;
            rest >>>= 7;
            out.write(rest > 0 ? digit | 0x80 : digit);
        } while (rest > 0);
        return out.toByteArray();
    }

    public static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
