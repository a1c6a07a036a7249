package io.sluice.mqtt.port;

/**
 * A partition of the log.
 *
 * @param topic the log's topic (Kafka's, not MQTT's)
 * @param partition its number, from 0
 */
public record LogPartition(String topic, int partition) {

    @Override
    public String toString() {
        return topic + "-" + partition;
    }
}
