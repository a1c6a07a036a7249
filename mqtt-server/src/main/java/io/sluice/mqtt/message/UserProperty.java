package io.sluice.mqtt.message;

/** A name and a value that the application chose. Order and repetitions are kept [MQTT-3.3.2-18]. */
public record UserProperty(String name, String value) {}
