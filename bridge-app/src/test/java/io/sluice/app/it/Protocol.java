package io.sluice.app.it;

/** The versions of MQTT, as a CONNECT names them. */
public enum Protocol {
    MQTT_3_1("MQIsdp", 3),
    MQTT_3_1_1("MQTT", 4),
    MQTT_5("MQTT", 5);

    final String protocolName;
    public final int level;

    Protocol(String protocolName, int level) {
        this.protocolName = protocolName;
        this.level = level;
    }
}
