package io.sluice.kafka.egress;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for partitions' last stable offsets, where subscribers begin. Confined to its tail's thread, which it holds up
 * for a bounded time: all partitions are asked for at once, and one by one only when a partition is in trouble, so
 * that it does not hold up subscribers of the others.
 */
final class StartOffsets {

    private static final Logger LOG = LoggerFactory.getLogger(StartOffsets.class);
    private static final Duration ALL_AT_ONCE = Duration.ofSeconds(2);
    private static final Duration ONE = Duration.ofMillis(250);
    private static final long RETRY_NANOS = Duration.ofMillis(500).toNanos();
    /** So many in trouble one after the other: it is Kafka as a whole. */
    private static final int FAILURES_MAX = 3;

    private boolean failing;
    private long retryAtNanos;

    /** The offsets as far as they can be had now: what is missing is to be asked for again. */
    Map<TopicPartition, Long> of(
            Collection<TopicPartition> partitions, Consumer<byte[], byte[]> consumer, long nowNanos) {
        if (partitions.isEmpty() || (failing && nowNanos - retryAtNanos < 0)) {
            return Map.of();
        }
        try {
            // With read_committed the end is the last stable offset.
            Map<TopicPartition, Long> offsets = consumer.endOffsets(partitions, ALL_AT_ONCE);
            failing = false;
            return offsets;
        } catch (WakeupException commandCame) {
            throw commandCame;
        } catch (KafkaException failure) {
            (failing ? LOG.atDebug() : LOG.atWarn())
                    .addKeyValue("cause", failure.toString())
                    .log("Where subscribers begin cannot be read from Kafka, trying on");
            failing = true;
            retryAtNanos = nowNanos + ALL_AT_ONCE.toNanos() + RETRY_NANOS;
            return oneByOne(partitions, consumer);
        }
    }

    private static Map<TopicPartition, Long> oneByOne(
            Collection<TopicPartition> partitions, Consumer<byte[], byte[]> consumer) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        int failures = 0;
        for (TopicPartition partition : partitions) {
            try {
                offsets.putAll(consumer.endOffsets(List.of(partition), ONE));
                failures = 0;
            } catch (WakeupException commandCame) {
                throw commandCame;
            } catch (KafkaException failure) {
                failures++;
                if (failures == FAILURES_MAX) {
                    break;
                }
            }
        }
        return offsets;
    }
}
