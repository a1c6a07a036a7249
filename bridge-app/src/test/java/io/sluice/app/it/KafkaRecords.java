package io.sluice.app.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Records of a Kafka topic byte for byte, as any other program sees them that reads what is committed. */
public final class KafkaRecords {

    private KafkaRecords() {}

    /** The records from the beginning, once there are so many; each partition's in its order. */
    static List<ConsumerRecord<byte[], byte[]>> atLeast(int count, String bootstrapServers, String kafkaTopic) {
        return atLeast(count, row -> true, bootstrapServers, kafkaTopic);
    }

    /** The same of those that were published to an MQTT topic. */
    static List<ConsumerRecord<byte[], byte[]>> ofTopic(
            String mqttTopic, int count, String bootstrapServers, String kafkaTopic) {
        return atLeast(count, row -> header(row, "mqtt.topic").equals(mqttTopic), bootstrapServers, kafkaTopic);
    }

    private static List<ConsumerRecord<byte[], byte[]>> atLeast(
            int count, Predicate<ConsumerRecord<byte[], byte[]>> which, String bootstrapServers, String kafkaTopic) {
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrapServers)) {
            assignAll(consumer, kafkaTopic);
            await().atMost(Patience.WAIT).pollInSameThread().until(() -> {
                for (ConsumerRecord<byte[], byte[]> row : consumer.poll(Duration.ofMillis(100))) {
                    if (which.test(row)) {
                        found.add(row);
                    }
                }
                return found.size() >= count;
            });
        }
        return found;
    }

    /** What is read of each record that is committed by now; each partition's in its order. */
    public static <T> List<T> all(
            String bootstrapServers, String kafkaTopic, Function<ConsumerRecord<byte[], byte[]>, T> read) {
        List<T> found = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrapServers)) {
            Map<TopicPartition, Long> ends = consumer.endOffsets(assignAll(consumer, kafkaTopic));
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(row -> found.add(read.apply(row)));
            }
        }
        return found;
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers) {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private static List<TopicPartition> assignAll(KafkaConsumer<byte[], byte[]> consumer, String kafkaTopic) {
        List<TopicPartition> partitions = consumer.partitionsFor(kafkaTopic).stream()
                .map(info -> new TopicPartition(kafkaTopic, info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return partitions;
    }

    /** The value as text. */
    public static String text(ConsumerRecord<byte[], byte[]> row) {
        return new String(row.value(), UTF_8);
    }

    /** What stands before the first space of the value. */
    public static String firstWord(ConsumerRecord<byte[], byte[]> row) {
        return text(row).split(" ", 2)[0];
    }

    /** The last header of the name as text, or "". */
    static String header(ConsumerRecord<byte[], byte[]> row, String name) {
        Header header = row.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), UTF_8);
    }
}
