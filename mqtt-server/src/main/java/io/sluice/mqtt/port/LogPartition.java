package io.sluice.mqtt.port;

/**
 * A partition of the log.
 *
 * @param topic the log's topic (Kafka's, not MQTT's)
 * @param partition its number, from 0
 * @param topicId the log's own id of the topic: a topic that was deleted and made again under the same name is another
 *     one, and no offset of the first means anything in it
 */
public record LogPartition(String topic, int partition, String topicId) {

    /** A partition of a topic that is never made again: for tests. */
    public LogPartition(String topic, int partition) {
        this(topic, partition, "");
    }

    @Override
    public String toString() {
        return topic + "-" + partition;
    }
}
