package io.sluice.mqtt.message;

/** Quality of service of a message or a subscription (MQTT 5, section 4.3). */
public enum Qos {
    AT_MOST_ONCE(0),
    AT_LEAST_ONCE(1),
    EXACTLY_ONCE(2);

    private final int level;

    Qos(int level) {
        this.level = level;
    }

    /** The number on the wire: 0, 1 or 2. */
    public int level() {
        return level;
    }

    /**
     * The QoS with this number.
     *
     * @throws IllegalArgumentException when the level is not 0, 1 or 2
     */
    public static Qos of(int level) {
        return switch (level) {
            case 0 -> AT_MOST_ONCE;
            case 1 -> AT_LEAST_ONCE;
            case 2 -> EXACTLY_ONCE;
            default -> throw new IllegalArgumentException("QoS: " + level + " (expected: 0, 1 or 2)");
        };
    }

    /** The lower of the two: what a message is delivered with [MQTT-3.8.4-8]. */
    public Qos min(Qos other) {
        return level <= other.level ? this : other;
    }

    /** The higher of the two: what overlapping subscriptions of one client get [MQTT-3.3.4-2]. */
    public Qos max(Qos other) {
        return level >= other.level ? this : other;
    }
}
