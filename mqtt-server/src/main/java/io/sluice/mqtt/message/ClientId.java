package io.sluice.mqtt.message;

/** The client identifier: the key of a session [MQTT-3.1.3-2]. Never a metric's label. */
public record ClientId(String value) {

    @Override
    public String toString() {
        return value;
    }
}
