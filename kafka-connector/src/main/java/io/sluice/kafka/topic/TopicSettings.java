package io.sluice.kafka.topic;

import java.time.Duration;

/**
 * How topics are watched and created.
 *
 * @param refreshInterval how often Kafka is asked which topics there are
 * @param topicsMax how many topics rules may have made in the cluster, at most
 */
public record TopicSettings(Duration refreshInterval, int topicsMax) {

    public static final TopicSettings DEFAULTS = new TopicSettings(Duration.ofSeconds(5), 1000);
}
