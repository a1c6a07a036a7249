package io.sluice.kafka.topic;

import io.sluice.kafka.mapping.TopicCreation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Kafka's topics in memory; failures on demand. Safe for all threads. */
final class FakeTopicAdmin implements TopicAdmin {

    final Map<String, KnownTopic> topics = new ConcurrentHashMap<>();
    final List<String> created = new CopyOnWriteArrayList<>();
    /** Those that we may not see. */
    final Set<String> hidden = ConcurrentHashMap.newKeySet();
    /** What create requests fail with, one after the other. */
    final List<RuntimeException> failures = new CopyOnWriteArrayList<>();

    /** What requests for all topics fail with, one after the other. */
    final List<RuntimeException> listFailures = new CopyOnWriteArrayList<>();

    volatile @Nullable CompletableFuture<Void> gate;
    /** Completes when the leaders serve their partitions. */
    volatile CompletableFuture<Void> leading = CompletableFuture.completedFuture(null);

    @Override
    public CompletionStage<Map<String, KnownTopic>> list() {
        if (!listFailures.isEmpty()) {
            return CompletableFuture.failedFuture(listFailures.remove(0));
        }
        Map<String, KnownTopic> seen = new HashMap<>(topics);
        seen.keySet().removeAll(hidden);
        return CompletableFuture.completedFuture(Map.copyOf(seen));
    }

    @Override
    public CompletionStage<KnownTopic> describe(String kafkaTopic) {
        if (hidden.contains(kafkaTopic)) {
            return CompletableFuture.failedFuture(new TopicAuthorizationException("hidden"));
        }
        KnownTopic topic = topics.get(kafkaTopic);
        return topic == null
                ? CompletableFuture.failedFuture(new UnknownTopicOrPartitionException("absent"))
                : CompletableFuture.completedFuture(topic);
    }

    @Override
    public Map<String, CompletionStage<KnownTopic>> create(Map<String, TopicCreation> creations) {
        Map<String, CompletionStage<KnownTopic>> results = new HashMap<>();
        for (String name : new ArrayList<>(creations.keySet())) {
            created.add(name);
            CompletableFuture<Void> open = gate;
            results.put(name, open == null ? create(name) : open.thenCompose(go -> create(name)));
        }
        return results;
    }

    private CompletableFuture<KnownTopic> create(String name) {
        if (!failures.isEmpty()) {
            return CompletableFuture.failedFuture(failures.remove(0));
        }
        KnownTopic topic = new KnownTopic(Uuid.randomUuid(), 1);
        return topics.putIfAbsent(name, topic) == null
                ? CompletableFuture.completedFuture(topic)
                : CompletableFuture.failedFuture(new TopicExistsException("there"));
    }

    @Override
    public CompletionStage<Void> awaitLeaders(String kafkaTopic, int partitions) {
        return leading;
    }

    @Override
    public void close() {
        gate = null;
    }
}
