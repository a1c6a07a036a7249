package io.sluice.kafka.topic;

import org.apache.kafka.common.Uuid;

/**
 * A Kafka topic as it was last seen. Immutable.
 *
 * @param id Kafka's own id: another one under the same name is another topic
 * @param partitions how many it has
 */
public record KnownTopic(Uuid id, int partitions) {}
