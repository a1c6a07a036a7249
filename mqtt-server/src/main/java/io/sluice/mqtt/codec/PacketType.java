package io.sluice.mqtt.codec;

/** The control packet types, in the order of their numbers (MQTT 5, section 2.1.2). */
enum PacketType {
    RESERVED(0, 0),
    CONNECT(1, 0),
    CONNACK(2, 0),
    PUBLISH(3, 0),
    PUBACK(4, 0),
    PUBREC(5, 0),
    PUBREL(6, 0b0010),
    PUBCOMP(7, 0),
    SUBSCRIBE(8, 0b0010),
    SUBACK(9, 0),
    UNSUBSCRIBE(10, 0b0010),
    UNSUBACK(11, 0),
    PINGREQ(12, 0),
    PINGRESP(13, 0),
    DISCONNECT(14, 0),
    AUTH(15, 0);

    private static final PacketType[] BY_NUMBER = values();

    private final int number;
    private final int flags;

    PacketType(int number, int flags) {
        this.number = number;
        this.flags = flags;
    }

    /** The type in the upper half of a fixed header's first byte. */
    static PacketType of(int firstByte) {
        return BY_NUMBER[firstByte >> 4];
    }

    /** The first byte of a packet of this type that is no PUBLISH, with the flags that [MQTT-2.1.3-1] asks for. */
    int firstByte() {
        return (number << 4) | flags;
    }

    /** The lower half of the first byte, as it must be for what is no PUBLISH. */
    int flags() {
        return flags;
    }
}
