package io.sluice.kafka.topic;

import io.sluice.kafka.client.KafkaSettings;
import io.sluice.kafka.mapping.TopicCreation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The admin client behind {@link TopicAdmin}. Safe for all threads, as the client is; nothing here blocks. */
final class KafkaTopicAdmin implements TopicAdmin {

    private final Admin admin;

    KafkaTopicAdmin(KafkaSettings settings) {
        admin = Admin.create(settings.admin("topics"));
    }

    @Override
    public CompletionStage<Map<String, KnownTopic>> list() {
        return admin.listTopics().names().toCompletionStage().thenCompose(this::describeAll);
    }

    /** A topic that is deleted between the two requests is left out. */
    private CompletionStage<Map<String, KnownTopic>> describeAll(Collection<String> names) {
        List<CompletableFuture<Optional<Map.Entry<String, KnownTopic>>>> each = new ArrayList<>();
        admin.describeTopics(names)
                .topicNameValues()
                .forEach((name, description) -> each.add(entry(name, description)));
        return CompletableFuture.allOf(each.toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> {
                    Map<String, KnownTopic> topics = new HashMap<>();
                    for (CompletableFuture<Optional<Map.Entry<String, KnownTopic>>> one : each) {
                        one.getNow(Optional.empty()).ifPresent(entry -> topics.put(entry.getKey(), entry.getValue()));
                    }
                    return topics;
                });
    }

    private static CompletableFuture<Optional<Map.Entry<String, KnownTopic>>> entry(
            String name, KafkaFuture<TopicDescription> description) {
        return description
                .toCompletionStage()
                .thenApply(found -> Optional.of(Map.entry(name, known(found))))
                .exceptionally(failure -> {
                    if (KafkaFailure.cause(failure) instanceof UnknownTopicOrPartitionException) {
                        return Optional.empty();
                    }
                    throw KafkaFailure.rethrown(failure);
                })
                .toCompletableFuture();
    }

    private static KnownTopic known(TopicDescription description) {
        return new KnownTopic(description.topicId(), description.partitions().size());
    }

    @Override
    public CompletionStage<KnownTopic> describe(String kafkaTopic) {
        KafkaFuture<TopicDescription> description = admin.describeTopics(List.of(kafkaTopic))
                .topicNameValues()
                .getOrDefault(kafkaTopic, KafkaFuture.completedFuture(null));
        return description.toCompletionStage().thenApply(KafkaTopicAdmin::known);
    }

    @Override
    public Map<String, CompletionStage<KnownTopic>> create(Map<String, TopicCreation> creations) {
        List<NewTopic> topics = new ArrayList<>();
        creations.forEach((name, creation) -> topics.add(newTopic(name, creation)));
        CreateTopicsResult result = admin.createTopics(topics);
        Map<String, CompletionStage<KnownTopic>> results = new HashMap<>();
        result.values()
                .forEach((name, created) ->
                        results.put(name, created.toCompletionStage().thenCompose(done -> created(name, result))));
        return results;
    }

    /** Kafka answers with what it made, unless we may not see it: then it is asked for in the usual way. */
    private CompletionStage<KnownTopic> created(String name, CreateTopicsResult result) {
        return result.topicId(name)
                .toCompletionStage()
                .thenCombine(result.numPartitions(name).toCompletionStage(), KnownTopic::new)
                .exceptionallyCompose(failure -> describe(name));
    }

    private static NewTopic newTopic(String name, TopicCreation creation) {
        Optional<Integer> partitions =
                creation.partitions() < 0 ? Optional.empty() : Optional.of(creation.partitions());
        Optional<Short> replicas =
                creation.replicationFactor() < 0 ? Optional.empty() : Optional.of(creation.replicationFactor());
        return new NewTopic(name, partitions, replicas).configs(creation.config());
    }

    /** The end of a partition is told by its leader only, once it leads: as it takes records. */
    @Override
    public CompletionStage<Void> awaitLeaders(String kafkaTopic, int partitions) {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            ends.put(new TopicPartition(kafkaTopic, partition), OffsetSpec.latest());
        }
        return admin.listOffsets(ends).all().toCompletionStage().thenAccept(all -> {});
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
