package io.sluice.kafka.probe;

import io.sluice.kafka.client.KafkaSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Looks for one record in a topic, among those that come after the search has begun; the topic need not be there yet.
 * Without a consumer group. For one thread; blocks.
 */
public final class RecordSearch implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration CLOSE = Duration.ofSeconds(5);

    /**
     * Where the record is.
     *
     * @param partition of the topic
     * @param offset in the partition
     */
    public record Found(int partition, long offset) {}

    private final String topic;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private Map<TopicPartition, Long> ends = Map.of();

    /**
     * Connects.
     *
     * @throws IOException when Kafka's properties are wrong
     */
    public RecordSearch(KafkaSettings kafka, String topic) throws IOException {
        this.topic = topic;
        try {
            consumer = new KafkaConsumer<>(
                    kafka.consumer("probe", Map.of()), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        } catch (KafkaException failure) {
            throw failed(failure);
        }
    }

    /**
     * What is written from here on is looked at.
     *
     * @throws IOException when Kafka does not answer in this time
     */
    public void begin(Duration timeout) throws IOException {
        try {
            ends = new HashMap<>(consumer.endOffsets(partitions(timeout), timeout));
        } catch (KafkaException failure) {
            throw failed(failure);
        }
    }

    /**
     * The record with this value; empty when it does not come in this time.
     *
     * @throws IOException when Kafka refuses
     */
    public Optional<Found> find(byte[] value, Duration timeout) throws IOException {
        long until = System.nanoTime() + timeout.toNanos();
        try {
            while (System.nanoTime() < until) {
                assign(partitions(timeout));
                if (consumer.assignment().isEmpty()) {
                    LockSupport.parkNanos(POLL.toNanos());
                    continue;
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (Arrays.equals(record.value(), value)) {
                        return Optional.of(new Found(record.partition(), record.offset()));
                    }
                }
            }
            return Optional.empty();
        } catch (KafkaException failure) {
            throw failed(failure);
        }
    }

    private List<TopicPartition> partitions(Duration timeout) {
        return consumer.partitionsFor(topic, timeout).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
    }

    /** Partitions that were not there at the beginning are read from their start. */
    private void assign(List<TopicPartition> partitions) {
        Set<TopicPartition> added = new HashSet<>(partitions);
        added.removeAll(consumer.assignment());
        if (added.isEmpty()) {
            return;
        }
        Set<TopicPartition> all = new HashSet<>(consumer.assignment());
        all.addAll(added);
        consumer.assign(all);
        added.forEach(partition -> consumer.seek(partition, ends.getOrDefault(partition, 0L)));
    }

    private static IOException failed(KafkaException failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return new IOException("Kafka: " + cause.getMessage(), failure);
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(CLOSE));
    }
}
