package io.sluice.kafka.mapping;

import java.util.Map;

/**
 * How a rule creates Kafka topics on first use.
 *
 * @param enabled whether it may
 * @param partitions number of partitions, or -1 for the broker's default
 * @param replicationFactor replicas, or -1 for the broker's default
 * @param config Kafka topic configuration, e.g. retention.ms
 */
public record TopicCreation(boolean enabled, int partitions, short replicationFactor, Map<String, String> config) {

    public static final TopicCreation BROKER_DEFAULTS = new TopicCreation(true, -1, (short) -1, Map.of());

    public TopicCreation {
        config = Map.copyOf(config);
    }
}
