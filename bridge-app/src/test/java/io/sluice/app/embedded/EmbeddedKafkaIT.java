package io.sluice.app.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guards the internal classes of Kafka that the embedded node stands on. */
final class EmbeddedKafkaIT {

    private static final String TOPIC = "telemetry";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void recordsAndPortSurviveARestart() throws Exception {
        String bootstrapServers;
        try (EmbeddedKafka kafka = new EmbeddedKafka(new EmbeddedKafkaSettings(folder, 0))) {
            kafka.start();
            bootstrapServers = kafka.bootstrapServers();
            produce(bootstrapServers);
        }

        try (EmbeddedKafka kafka = new EmbeddedKafka(new EmbeddedKafkaSettings(folder, 0))) {
            kafka.start();

            assertThat(kafka.bootstrapServers()).isEqualTo(bootstrapServers);
            assertThat(records(bootstrapServers)).containsExactly("21.5", "21.6");
        }
    }

    @Test
    void aTakenPortIsNamed() throws Exception {
        try (EmbeddedKafka first = new EmbeddedKafka(new EmbeddedKafkaSettings(folder.resolve("a"), 0))) {
            first.start();
            int port = Integer.parseInt(first.bootstrapServers().replaceAll(".*:", ""));
            EmbeddedKafka second = new EmbeddedKafka(new EmbeddedKafkaSettings(folder.resolve("b"), port));

            assertThatThrownBy(second::start)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(Integer.toString(port));
        }
    }

    private static void produce(String bootstrapServers) throws Exception {
        Map<String, Object> config = Map.of("bootstrap.servers", bootstrapServers);
        try (Admin admin = Admin.create(config)) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get(20, TimeUnit.SECONDS);
        }
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            for (String value : List.of("21.5", "21.6")) {
                ProducerRecord<String, String> row = new ProducerRecord<>(TOPIC, "telemetry/1/temp", value);
                row.headers().add("mqtt.qos", "1".getBytes(UTF_8));
                producer.send(row).get(20, TimeUnit.SECONDS);
            }
        }
    }

    private static List<String> records(String bootstrapServers) {
        Map<String, Object> config = Map.of("bootstrap.servers", bootstrapServers, "auto.offset.reset", "earliest");
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(TOPIC, 0);
            consumer.assign(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<String, String> row : consumer.poll(Duration.ofMillis(100))) {
                    values.add(row.value());
                }
            }
        }
        return values;
    }
}
