package io.sluice.benchmarks.load;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads from Kafka what a run has left there. Confined to the thread that calls it; blocks. */
final class KafkaReadBack implements AutoCloseable {

    /** The longest time for reading everything. */
    static final int SECONDS_MAX = 300;

    /** When messages that were never acknowledged are still missing, they have this long to come. */
    private static final Duration STRAGGLERS = Duration.ofSeconds(1);

    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaPlace place;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<TopicPartition, Long> starts;

    private KafkaReadBack(KafkaPlace place) {
        this.place = place;
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        place.bootstrapServers(),
                        "enable.auto.commit",
                        false,
                        // What retention has deleted before it was read must not look like lost messages.
                        "auto.offset.reset",
                        "none",
                        "max.poll.records",
                        10_000,
                        "default.api.timeout.ms",
                        20_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        try {
            this.starts = consumer.endOffsets(partitions());
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    /** Remembers where the topics end now. */
    static KafkaReadBack fromNow(KafkaPlace place) {
        return new KafkaReadBack(place);
    }

    /**
     * Reads everything since.
     *
     * @param expected how many different messages there may be; when all are there it ends at once
     * @throws IllegalStateException when it takes too long, or records are no longer there
     */
    void readInto(StoredSequences stored, long expected) {
        List<TopicPartition> partitions = partitions();
        if (partitions.isEmpty()) {
            throw new IllegalStateException("--kafka-topics: none matches " + place.topics() + " (expected: one)");
        }
        consumer.assign(partitions);
        partitions.forEach(partition -> consumer.seek(partition, starts.getOrDefault(partition, 0L)));
        long begin = System.nanoTime();
        long lastRecordNanos = begin;
        while (true) {
            ConsumerRecords<byte[], byte[]> records = poll();
            long now = System.nanoTime();
            if (!records.isEmpty()) {
                add(records, stored);
                lastRecordNanos = now;
            } else if (isAtEnd(partitions)
                    && (stored.distinct() >= expected || now - lastRecordNanos > STRAGGLERS.toNanos())) {
                return;
            }
            if (now - begin > Duration.ofSeconds(SECONDS_MAX).toNanos()) {
                throw new IllegalStateException("reading back from Kafka: not done after " + SECONDS_MAX + " s");
            }
        }
    }

    private ConsumerRecords<byte[], byte[]> poll() {
        try {
            return consumer.poll(POLL);
        } catch (OffsetOutOfRangeException e) {
            throw new IllegalStateException(
                    "reading back from Kafka: retention has deleted records of this run (expected: more retention.bytes)",
                    e);
        }
    }

    private static void add(ConsumerRecords<byte[], byte[]> records, StoredSequences stored) {
        for (TopicPartition partition : records.partitions()) {
            String name = partition.toString();
            for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
                stored.onRecord(name, record.value());
            }
        }
    }

    @Override
    public void close() {
        consumer.close();
    }

    private boolean isAtEnd(List<TopicPartition> partitions) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        return partitions.stream()
                .allMatch(partition -> consumer.position(partition) >= ends.getOrDefault(partition, 0L));
    }

    private List<TopicPartition> partitions() {
        return consumer.listTopics().entrySet().stream()
                .filter(topic -> place.includes(topic.getKey()))
                .flatMap(topic -> topic.getValue().stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
    }
}
