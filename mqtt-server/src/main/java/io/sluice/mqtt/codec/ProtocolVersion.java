package io.sluice.mqtt.codec;

/** The versions of MQTT that are spoken on every listener. */
public enum ProtocolVersion {
    MQTT_3_1("3.1", 3),
    MQTT_3_1_1("3.1.1", 4),
    MQTT_5("5", 5);

    private final String id;
    private final int level;

    ProtocolVersion(String id, int level) {
        this.id = id;
        this.level = level;
    }

    /** The metric's label: 3.1, 3.1.1 or 5. */
    public String id() {
        return id;
    }

    /** The protocol level in CONNECT. */
    public int level() {
        return level;
    }

    public boolean isMqtt5() {
        return this == MQTT_5;
    }
}
