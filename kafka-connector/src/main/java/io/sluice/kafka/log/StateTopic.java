package io.sluice.kafka.log;

import io.sluice.kafka.topic.KafkaFailure;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A state topic that is there.
 *
 * @param name its name
 * @param partitions how many it has: what is in it was placed by this number
 * @param isNew whether it was made just now
 */
public record StateTopic(String name, int partitions, boolean isNew) {

    private static final Logger LOG = LoggerFactory.getLogger(StateTopic.class);
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Map<String, String> CONFIG = Map.of(
            "cleanup.policy", "compact",
            // A reader that was away for less sees every removal.
            "delete.retention.ms", "86400000",
            "min.cleanable.dirty.ratio", "0.2",
            // The last segment of a partition is not compacted: each start reads all that was ever written to it.
            "segment.bytes", Integer.toString(16 << 20));

    /**
     * Finds the topic, or makes it. Blocks, for as long as Kafka is away.
     *
     * @throws IllegalStateException when it can't be used as a state topic, or made
     */
    public static StateTopic ensure(Admin admin, String name, StateSettings settings) {
        return ensure(admin, name, settings, CONFIG);
    }

    /** The same, with a configuration of its own where it has to be made. */
    public static StateTopic ensure(Admin admin, String name, StateSettings settings, Map<String, String> config) {
        boolean isWaiting = false;
        boolean isNew = false;
        while (true) {
            try {
                Optional<TopicDescription> found = describe(admin, name);
                if (found.isPresent()) {
                    int partitions = found.get().partitions().size();
                    awaitLeaders(admin, name, partitions);
                    return new StateTopic(name, partitions, isNew);
                }
                isNew = create(admin, name, settings, config);
            } catch (RetriableException failure) {
                (isWaiting ? LOG.atDebug() : LOG.atInfo())
                        .addKeyValue("kafkaTopic", name)
                        .addKeyValue("cause", failure.toString())
                        .log("Waiting for a state topic");
                isWaiting = true;
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private static Optional<TopicDescription> describe(Admin admin, String name) {
        try {
            return Optional.ofNullable(
                    admin.describeTopics(List.of(name)).allTopicNames().get().get(name));
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw rethrown(name, failure);
        } catch (InterruptedException interrupted) {
            throw interrupted(name);
        }
    }

    /** Whether this call has made it. */
    private static boolean create(Admin admin, String name, StateSettings settings, Map<String, String> config) {
        NewTopic topic = new NewTopic(
                        name,
                        Optional.of(settings.partitions()),
                        settings.replicationFactor() < 0 ? Optional.empty() : Optional.of(settings.replicationFactor()))
                .configs(new HashMap<>(config));
        try {
            admin.createTopics(List.of(topic)).all().get();
            LOG.atInfo()
                    .addKeyValue("kafkaTopic", name)
                    .addKeyValue("partitions", settings.partitions())
                    .log("State topic created");
            return true;
        } catch (ExecutionException failure) {
            if (!(failure.getCause() instanceof TopicExistsException)) {
                throw rethrown(name, failure);
            }
            return false;
        } catch (InterruptedException interrupted) {
            throw interrupted(name);
        }
    }

    /** A first record that comes before the leader is there fails for long (KAFKA-15591). */
    private static void awaitLeaders(Admin admin, String name, int partitions) {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            ends.put(new TopicPartition(name, partition), OffsetSpec.latest());
        }
        try {
            admin.listOffsets(ends).all().get();
        } catch (ExecutionException failure) {
            throw rethrown(name, failure);
        } catch (InterruptedException interrupted) {
            throw interrupted(name);
        }
    }

    private static RuntimeException rethrown(String name, ExecutionException failure) {
        Throwable cause = KafkaFailure.cause(failure);
        return cause instanceof RetriableException retriable
                ? retriable
                : new IllegalStateException("state topic " + name + ": " + cause, cause);
    }

    private static IllegalStateException interrupted(String name) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("state topic " + name + ": interrupted");
    }

    public StateTopic {
        if (partitions < 1) {
            throw new KafkaException("state topic " + name + ": " + partitions + " partitions (expected: at least 1)");
        }
    }
}
