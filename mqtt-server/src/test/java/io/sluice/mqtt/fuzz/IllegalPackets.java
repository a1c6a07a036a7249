package io.sluice.mqtt.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.SplittableRandom;

/** Packets that end a connection, whatever came before, and some of which nobody knows. Confined to its thread. */
final class IllegalPackets {

    private static final int KINDS = 26;
    private static final int MQTT_5 = 5;
    private static final byte[][] BAD_TEXTS = {
        {(byte) 0xC0, (byte) 0x80},
        {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
        {'a', 0, 'b'},
        {(byte) 0xFF},
        {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
        {(byte) 0xE2, (byte) 0x82}
    };

    private final SplittableRandom random;
    private final LegalPackets legal;

    IllegalPackets(SplittableRandom random, LegalPackets legal) {
        this.random = random;
        this.legal = legal;
    }

    /** Something for which a client that is connected by this version is sent away. */
    byte[] any(int version) {
        PacketBuilder properties = version == MQTT_5 ? new PacketBuilder().u8(0) : new PacketBuilder();
        byte[] none = properties.bytes();
        byte[] bad = BAD_TEXTS[random.nextInt(BAD_TEXTS.length)];
        PacketBuilder packet = new PacketBuilder();
        return switch (random.nextInt(KINDS)) {
            case 0 -> legal.connect(version, false);
            case 1 -> packet.packet(0);
            case 2 -> packet.u16(0).raw(none).packet(0x20);
            case 3 -> packet.u16(1).raw(none).u8(0).packet(0x90);
            case 4 -> packet.u16(1).raw(none).u8(0).packet(0xB0);
            case 5 -> packet.packet(0xD0);
            case 6 -> packet.text("a").u16(1).raw(none).packet(0x36); // QoS 3
            case 7 -> packet.binary(bad).raw(none).packet(0x30);
            case 8 -> packet.text("a/+").raw(none).packet(0x30);
            case 9 -> packet.text("").raw(none).packet(0x30);
            case 10 -> packet.text("a").u16(0).raw(none).packet(0x32);
            case 11 -> packet.u16(0).raw(none).text("a").u8(0).packet(0x82);
            case 12 -> packet.u16(1).raw(none).packet(0x82);
            case 13 -> packet.u16(1).raw(none).packet(0xA2);
            case 14 -> packet.u16(1).raw(none).binary(bad).u8(0).packet(0x82);
            case 15 -> packet.u16(1).raw(none).text("a").u8(3).packet(0x82);
            case 16 -> packet.u16(0).packet(0x40);
            case 17 -> packet.u8(1).packet(0x50);
            case 18 -> new byte[] {0x30, -1, -1, -1, -1, 1};
            case 19 -> new byte[] {0x30, -1, -1, -1, 0x7F};
            case 20 -> packet.u16(9).raw("short".getBytes(ISO_8859_1)).packet(0x30);
            case 21 -> packet.u8(1).packet(0xC0);
            case 22 -> version == MQTT_5 ? badProperties() : packet.packet(0xF0);
            case 23 ->
                version == MQTT_5 ? manyUserProperties() : packet.u16(1).u8(0).packet(0x40);
            case 24 -> manyFilters(none);
            default -> version == MQTT_5 ? wrongAlias() : packet.u8(1).packet(0xE0);
        };
    }

    private byte[] badProperties() {
        PacketBuilder properties = new PacketBuilder();
        switch (random.nextInt(8)) {
            case 0 -> properties.u8(0x0B).u8(1); // Subscription Identifier from a client
            case 1 -> properties.u8(0x01).u8(2);
            case 2 -> properties.u8(0x02).u32(1).u8(0x02).u32(1);
            case 3 -> properties.u8(0x7F).u8(0);
            case 4 -> properties.u8(0x08).text("a/#");
            case 5 -> properties.u8(0x21).u16(1);
            case 6 -> properties.u8(0x26).text("name").u16(500);
            default -> properties.u8(0x81).u8(0x00).u8(1);
        }
        return new PacketBuilder().text("a").section(properties).packet(0x30);
    }

    private static byte[] manyUserProperties() {
        PacketBuilder properties = new PacketBuilder();
        for (int i = 0; i <= FuzzWorld.USER_PROPERTIES_MAX; i++) {
            properties.u8(0x26).text("").text("");
        }
        return new PacketBuilder().text("a").section(properties).packet(0x30);
    }

    private static byte[] manyFilters(byte[] noProperties) {
        PacketBuilder packet = new PacketBuilder().u16(1).raw(noProperties);
        for (int i = 0; i <= FuzzWorld.FILTERS_MAX; i++) {
            packet.text("a").u8(0);
        }
        return packet.packet(0x82);
    }

    private byte[] wrongAlias() {
        int alias = random.nextBoolean() ? 0 : LegalPackets.TOPIC_ALIAS_MAX + 1 + random.nextInt(60_000);
        return new PacketBuilder()
                .text("a")
                .section(new PacketBuilder().u8(0x23).u16(alias))
                .packet(0x30);
    }

    /** The packet with something of it changed: nobody knows what it is then. */
    byte[] mutated(byte[] packet) {
        byte[] bytes = packet.clone();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                case 2 -> bytes = java.util.Arrays.copyOf(bytes, Math.max(1, at));
                default -> bytes[at] = (byte) (random.nextBoolean() ? 0xFF : 0);
            }
        }
        return bytes;
    }

    byte[] noise() {
        byte[] bytes = new byte[1 + random.nextInt(40)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) random.nextInt();
        }
        return bytes;
    }
}
