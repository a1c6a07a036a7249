package io.sluice.app.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
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

    /** As a kill leaves it behind in the moment in which Kafka writes the markers of a transaction. */
    @Test
    void aTransactionOfWhichKafkaForgetsAPartitionIsEndedThereAsItWasDecided() throws Exception {
        try (EmbeddedKafka kafka = new EmbeddedKafka(new EmbeddedKafkaSettings(folder, 0))) {
            kafka.start();
            forgetAPartition(kafka.bootstrapServers());
            assertThat(records(kafka.bootstrapServers()))
                    .as("read before it is ended")
                    .isEmpty();
        }
        Files.delete(folder.resolve("log").resolve(".kafka_cleanshutdown"));

        try (EmbeddedKafka kafka = new EmbeddedKafka(new EmbeddedKafkaSettings(folder, 0))) {
            kafka.start();

            assertThat(records(kafka.bootstrapServers())).containsExactly("forgotten");
        }
    }

    /** Commits a transaction, and then writes to a partition of which its coordinator does not know. */
    private static void forgetAPartition(String bootstrapServers) throws Exception {
        Map<String, Object> config = Map.of("bootstrap.servers", bootstrapServers, "transactional.id", "killed");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1), new NewTopic("other", 1, (short) 1)))
                    .all()
                    .get(20, TimeUnit.SECONDS);
            ConfigEntry unverified = new ConfigEntry("transaction.partition.verification.enable", "false");
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.BROKER, ""),
                            List.of(new AlterConfigOp(unverified, AlterConfigOp.OpType.SET))))
                    .all()
                    .get(20, TimeUnit.SECONDS);
            try (KafkaProducer<String, String> producer =
                    new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
                producer.initTransactions();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>("other", "committed"));
                producer.commitTransaction();
            }
            TransactionDescription committed = admin.describeTransactions(List.of("killed"))
                    .description("killed")
                    .get(20, TimeUnit.SECONDS);
            append(bootstrapServers, committed);
        }
    }

    private static void append(String bootstrapServers, TransactionDescription committed) throws IOException {
        MemoryRecords rows = MemoryRecords.withTransactionalRecords(
                Compression.NONE,
                committed.producerId(),
                (short) (committed.producerEpoch() - 1),
                0,
                new SimpleRecord("forgotten".getBytes(UTF_8)));
        ProduceRequestData data = new ProduceRequestData()
                .setAcks((short) -1)
                .setTimeoutMs(20_000)
                .setTransactionalId("killed");
        data.topicData()
                .add(new ProduceRequestData.TopicProduceData()
                        .setName(TOPIC)
                        .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData()
                                .setIndex(0)
                                .setRecords(rows))));
        int port = Integer.parseInt(bootstrapServers.replaceAll(".*:", ""));
        short version = 11;
        ProduceResponse response = (ProduceResponse) new BrokerSocket("127.0.0.1", port)
                .ask(
                        ApiKeys.PRODUCE,
                        version,
                        ProduceRequest.builder(data, true).build(version));
        assertThat(response.errorCounts()).containsOnlyKeys(Errors.NONE);
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
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "auto.offset.reset",
                "earliest",
                "isolation.level",
                "read_committed");
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
