package io.sluice.mqtt.router;

import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.RetainedStore;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A store of retained messages that knows those which this process is writing. Such a message is in the log before it is
 * in the store: who subscribes in between begins behind its record, and would get it neither as a live message nor as the
 * retained one [MQTT-3.3.1-6]. What is asked for here therefore waits for what was on its way when it was asked for. Safe
 * for all threads; holds an entry for each retained message that was taken and has no outcome yet.
 */
public final class RetainedOnTheirWay implements RetainedStore {

    /** A subscription gets what the store has when Kafka takes longer: live messages wait behind the retained ones. */
    static final Duration WAIT_MAX = Duration.ofSeconds(5);

    /** One of them. */
    static final class Writing {
        private final TopicName topicName;
        private final CompletableFuture<Void> end = new CompletableFuture<>();

        private Writing(TopicName topicName) {
            this.topicName = topicName;
        }
    }

    private final RetainedStore store;
    private final Set<Writing> underWay = ConcurrentHashMap.newKeySet();

    public RetainedOnTheirWay(RetainedStore store) {
        this.store = store;
    }

    /** A retained message of this topic is about to be written; {@link #end} must follow. */
    Writing begin(TopicName topicName) {
        Writing writing = new Writing(topicName);
        underWay.add(writing);
        return writing;
    }

    /** The store has it, or never will. */
    void end(Writing writing) {
        underWay.remove(writing);
        writing.end.complete(null);
    }

    @Override
    public Mono<Void> put(Message message, LogPartition partition, long offset) {
        return store.put(message, partition, offset);
    }

    @Override
    public Mono<Void> settle(Message message, LogPartition partition, long offset) {
        return store.settle(message, partition, offset);
    }

    @Override
    public Mono<Message> get(TopicName topicName) {
        return store.get(topicName);
    }

    @Override
    public Flux<Message> match(TopicFilter filter, long nowEpochMillis) {
        return Flux.defer(() -> {
            CompletableFuture<?>[] before = underWay.stream()
                    .filter(writing -> filter.matches(writing.topicName))
                    .map(writing -> writing.end)
                    .toArray(CompletableFuture[]::new);
            Flux<Message> found = store.match(filter, nowEpochMillis);
            return before.length == 0
                    ? found
                    : Mono.fromFuture(CompletableFuture.allOf(before))
                            .timeout(WAIT_MAX, Mono.empty())
                            .thenMany(found);
        });
    }
}
