package io.sluice.mqtt.fuzz;

import java.util.List;
import java.util.SplittableRandom;

/** Packets that a client may send, at random. Confined to its thread. */
final class LegalPackets {

    /** Of three, so that clients take over from one another and find sessions again. */
    static final List<String> CLIENT_IDS = List.of("one", "two", "three");

    /** What the server says in CONNACK. */
    static final int TOPIC_ALIAS_MAX = 4;

    static final String AUTHENTICATION_METHOD = "ECHO";

    private static final String[] TOPICS = {"a", "a/b", "a/b/c", "/", "b//c", "denied/x", "ü/\u4e2d", "$x/a", "a/1"};
    private static final String[] FILTERS = {"#", "+", "a/#", "a/+", "+/b", "/", "+/+/c", "denied/#", "$x/#", "a/b"};
    private static final int MQTT_5 = 5;

    private final SplittableRandom random;

    LegalPackets(SplittableRandom random) {
        this.random = random;
    }

    /**
     * A CONNECT that is accepted.
     *
     * @param version the protocol level
     * @param enhanced whether the client proves who it is by AUTH; of MQTT 5 only
     */
    byte[] connect(int version, boolean enhanced) {
        boolean will = random.nextInt(4) == 0;
        boolean clean = random.nextBoolean();
        boolean hasUser = random.nextInt(3) == 0;
        int flags = (clean ? 2 : 0) | (hasUser ? 0xC0 : 0);
        if (will) {
            flags |= 4 | (random.nextInt(3) << 3) | (random.nextBoolean() ? 0x20 : 0);
        }
        PacketBuilder packet = new PacketBuilder()
                .text(version == 3 ? "MQIsdp" : "MQTT")
                .u8(version)
                .u8(flags)
                .u16(random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(100));
        if (version == MQTT_5) {
            packet.section(connectProperties(enhanced));
        }
        boolean mayBeEmpty = version == MQTT_5 || (version == 4 && clean);
        packet.text(mayBeEmpty && random.nextInt(5) == 0 ? "" : CLIENT_IDS.get(random.nextInt(CLIENT_IDS.size())));
        if (will) {
            if (version == MQTT_5) {
                packet.section(willProperties());
            }
            packet.text("a/will").binary(payload());
        }
        if (hasUser) {
            packet.text("user").binary(payload());
        }
        return packet.packet(0x10);
    }

    private PacketBuilder connectProperties(boolean enhanced) {
        PacketBuilder properties = new PacketBuilder();
        if (random.nextBoolean()) {
            properties.u8(0x11).u32(random.nextInt(3) == 0 ? 0xFFFF_FFFFL : random.nextInt(100));
        }
        if (random.nextBoolean()) {
            properties.u8(0x21).u16(1 + random.nextInt(10));
        }
        if (random.nextInt(4) == 0) {
            properties.u8(0x27).u32(20 + random.nextInt(200));
        }
        if (random.nextBoolean()) {
            properties.u8(0x22).u16(random.nextInt(10));
        }
        if (random.nextBoolean()) {
            properties.u8(0x17).u8(random.nextInt(2));
        }
        if (enhanced) {
            properties.u8(0x15).text(AUTHENTICATION_METHOD).u8(0x16).binary(payload());
        }
        return userProperties(properties);
    }

    private PacketBuilder willProperties() {
        PacketBuilder properties = new PacketBuilder();
        if (random.nextBoolean()) {
            properties.u8(0x18).u32(random.nextInt(20));
        }
        if (random.nextBoolean()) {
            properties.u8(0x02).u32(random.nextInt(20));
        }
        return userProperties(properties);
    }

    private PacketBuilder userProperties(PacketBuilder properties) {
        for (int i = random.nextInt(6) - 3; i > 0; i--) {
            properties.u8(0x26).text("name").text("value");
        }
        return properties;
    }

    /** A message at a QoS with this packet id. */
    byte[] publish(int version, int qos, int packetId) {
        boolean dup = qos > 0 && random.nextInt(5) == 0;
        int firstByte = 0x30 | (qos << 1) | (random.nextInt(5) == 0 ? 1 : 0) | (dup ? 8 : 0);
        PacketBuilder packet = new PacketBuilder().text(TOPICS[random.nextInt(TOPICS.length)]);
        if (qos > 0) {
            packet.u16(packetId);
        }
        if (version == MQTT_5) {
            packet.section(publishProperties());
        }
        return packet.raw(payload()).packet(firstByte);
    }

    private PacketBuilder publishProperties() {
        PacketBuilder properties = new PacketBuilder();
        if (random.nextInt(3) == 0) {
            properties.u8(0x23).u16(1 + random.nextInt(TOPIC_ALIAS_MAX));
        }
        if (random.nextInt(4) == 0) {
            properties.u8(0x02).u32(random.nextInt(30));
        }
        if (random.nextInt(4) == 0) {
            properties.u8(0x08).text("a/answer").u8(0x09).binary(payload());
        }
        if (random.nextInt(4) == 0) {
            properties.u8(0x01).u8(1).u8(0x03).text("text/plain");
        }
        return userProperties(properties);
    }

    byte[] subscribe(int version, int packetId) {
        PacketBuilder packet = new PacketBuilder().u16(packetId);
        if (version == MQTT_5) {
            PacketBuilder properties = new PacketBuilder();
            if (random.nextInt(3) == 0) {
                properties.u8(0x0B).variable(1 + random.nextInt(300));
            }
            packet.section(properties);
        }
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            int options = random.nextInt(3);
            if (version == MQTT_5) {
                options |= (random.nextInt(2) << 2) | (random.nextInt(2) << 3) | (random.nextInt(3) << 4);
            }
            packet.text(filter()).u8(options);
        }
        return packet.packet(0x82);
    }

    byte[] unsubscribe(int version, int packetId) {
        PacketBuilder packet = new PacketBuilder().u16(packetId);
        if (version == MQTT_5) {
            packet.section(new PacketBuilder());
        }
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            packet.text(filter());
        }
        return packet.packet(0xA2);
    }

    private String filter() {
        return FILTERS[random.nextInt(FILTERS.length)];
    }

    /** An answer with this first byte; MQTT 5 may say why. */
    byte[] answer(int version, int firstByte, int packetId) {
        PacketBuilder packet = new PacketBuilder().u16(packetId);
        if (version == MQTT_5 && random.nextInt(3) == 0) {
            packet.u8(0);
            if (random.nextBoolean()) {
                packet.section(new PacketBuilder().u8(0x1F).text("why"));
            }
        }
        return packet.packet(firstByte);
    }

    byte[] ping() {
        return new PacketBuilder().packet(0xC0);
    }

    byte[] disconnect(int version) {
        PacketBuilder packet = new PacketBuilder();
        if (version == MQTT_5 && random.nextBoolean()) {
            packet.u8(random.nextBoolean() ? 0 : 4);
        }
        return packet.packet(0xE0);
    }

    /** The next step of an enhanced authentication. */
    byte[] auth(int reasonCode) {
        PacketBuilder properties = new PacketBuilder()
                .u8(0x15)
                .text(AUTHENTICATION_METHOD)
                .u8(0x16)
                .binary(payload());
        return new PacketBuilder().u8(reasonCode).section(properties).packet(0xF0);
    }

    byte[] payload() {
        byte[] payload = new byte[random.nextInt(8) == 0 ? random.nextInt(2_000) : random.nextInt(20)];
        for (int i = 0; i < payload.length; i += 7) {
            payload[i] = (byte) random.nextInt();
        }
        return payload;
    }
}
