package io.sluice.kafka.topic;

import io.sluice.kafka.mapping.TopicCreation;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** What is asked of Kafka about topics. Safe for all threads; results come on the admin client's thread. */
interface TopicAdmin extends AutoCloseable {

    /** All topics that are not Kafka's own. */
    CompletionStage<Map<String, KnownTopic>> list();

    /** One topic; fails with UnknownTopicOrPartitionException. */
    CompletionStage<KnownTopic> describe(String kafkaTopic);

    /** Creates the topics by one request; one result each, of the topic as it was made. */
    Map<String, CompletionStage<KnownTopic>> create(Map<String, TopicCreation> creations);

    /** Completes when each of the topic's partitions, from 0 on, is served by its leader. */
    CompletionStage<Void> awaitLeaders(String kafkaTopic, int partitions);

    @Override
    void close();
}
