package io.sluice.app.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Records of a Kafka topic byte for byte, as a program sees them that reads what is committed. */
final class KafkaRecords {

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
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrapServers);
        properties.put("isolation.level", "read_committed");
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(kafkaTopic).stream()
                    .map(info -> new TopicPartition(kafkaTopic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
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

    /** The last header of the name as text, or "". */
    static String header(ConsumerRecord<byte[], byte[]> row, String name) {
        Header header = row.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), UTF_8);
    }
}
