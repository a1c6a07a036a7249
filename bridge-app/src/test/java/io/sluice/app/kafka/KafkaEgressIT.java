package io.sluice.app.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.app.embedded.EmbeddedKafka;
import io.sluice.app.embedded.EmbeddedKafkaSettings;
import io.sluice.kafka.ingress.IngressSettings;
import io.sluice.kafka.mapping.IngressRule;
import io.sluice.kafka.mapping.Partitioner;
import io.sluice.kafka.topic.KnownTopic;
import io.sluice.kafka.topic.TopicSettings;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.port.DeliverySink;
import io.sluice.mqtt.port.Egress.Reading;
import io.sluice.mqtt.port.Ingress.Lane;
import io.sluice.mqtt.port.LogBatch;
import io.sluice.mqtt.port.LogPartition;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KafkaEgressIT {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final LogPartition PLANT = new LogPartition("mqtt.plant", 0);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private EmbeddedKafka kafka;

    @SuppressWarnings("NullAway.Init")
    private KafkaSide side;

    private final ThreadLoop loop = new ThreadLoop();
    private final Sink sink = new Sink();

    /** Collects, and is full on demand. Safe for all threads. */
    private static final class Sink implements DeliverySink {
        final List<LogBatch> batches = new CopyOnWriteArrayList<>();
        volatile boolean full;

        @Override
        public boolean accept(LogBatch batch) {
            batches.add(batch);
            return !full;
        }

        @Override
        public boolean hasRoom() {
            return !full;
        }

        List<String> values(LogPartition partition) {
            List<String> values = new ArrayList<>();
            for (LogBatch batch : batches) {
                if (plain(batch.partition()).equals(partition)) {
                    batch.records()
                            .forEach(row -> values.add(row.message().payload().utf8()));
                }
            }
            return values;
        }

        void assertContiguous(LogPartition partition, long from) {
            long next = from;
            for (LogBatch batch : batches) {
                if (plain(batch.partition()).equals(partition)) {
                    assertThat(batch.from()).isEqualTo(next);
                    assertThat(batch.to()).isGreaterThan(batch.from());
                    next = batch.to();
                }
            }
        }
    }

    @BeforeEach
    void start() throws Exception {
        kafka = new EmbeddedKafka(new EmbeddedKafkaSettings(folder, 0));
        kafka.start();
        side = new KafkaSide(kafka.bootstrapServers());
    }

    @AfterEach
    void stop() {
        side.close();
        loop.close();
        kafka.close();
    }

    private Reading open(String filter, Map<LogPartition, Long> starts) {
        return Objects.requireNonNull(side.egress
                .open(TopicFilter.of(filter), List.of(), (partition, offset) -> starts.put(plain(partition), offset))
                .block(LONG));
    }

    /** The partition whatever its topic's id. */
    private static LogPartition plain(LogPartition partition) {
        return new LogPartition(partition.topic(), partition.partition());
    }

    /** The partition with its topic's id. */
    private LogPartition there(LogPartition partition) {
        KnownTopic topic = Objects.requireNonNull(side.directory.topics().get(partition.topic()));
        return new LogPartition(
                partition.topic(), partition.partition(), topic.id().toString());
    }

    private void create(String topic) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get(30, TimeUnit.SECONDS);
        }
    }

    private KafkaProducer<String, String> producer(Map<String, Object> more) {
        Map<String, Object> config = new ConcurrentHashMap<>(more);
        config.put("bootstrap.servers", kafka.bootstrapServers());
        return new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
    }

    private static ProducerRecord<String, String> row(String value) {
        ProducerRecord<String, String> row = new ProducerRecord<>("mqtt.plant", "plant/1", value);
        row.headers().add("mqtt.topic", "plant/1".getBytes(UTF_8));
        return row;
    }

    @Test
    void readingBeginsAtTheLastStableOffsetAndCoversAbortedTransactions() throws Exception {
        create("mqtt.plant");
        side.egress.start(sink);
        await().atMost(LONG).until(() -> side.directory.topics().containsKey("mqtt.plant"));
        Map<LogPartition, Long> starts = new ConcurrentHashMap<>();
        try (KafkaProducer<String, String> producer = producer(Map.of("transactional.id", "t"))) {
            producer.initTransactions();
            transaction(producer, "aborted-before", false);
            transaction(producer, "before", true);
            producer.beginTransaction();
            producer.send(row("open")).get(30, TimeUnit.SECONDS);

            try (CloseableReading reading = closeable(open("plant/#", starts))) {
                assertThat(reading.partitions()).map(KafkaEgressIT::plain).containsExactly(PLANT);
                // Two transactions of one record and one marker each; the open one lies beyond.
                assertThat(starts).containsExactly(Map.entry(PLANT, 4L));
                producer.commitTransaction();
                transaction(producer, "after", true);
                transaction(producer, "aborted-after", false);

                await().atMost(LONG).untilAsserted(() -> assertThat(last()).isEqualTo(10));
                assertThat(sink.values(PLANT)).containsExactly("open", "after");
                sink.assertContiguous(PLANT, 4);
            }
        }
        assertThat(readAll(0)).containsExactly("before", "open", "after");
        LogBatch nothing = Objects.requireNonNull(
                side.egress.read(there(PLANT), 10, 1 << 20).block(LONG));
        assertThat(nothing.records()).isEmpty();
        assertThat(nothing.to()).isEqualTo(10);
    }

    private long last() {
        return sink.batches.isEmpty()
                ? 0
                : sink.batches.get(sink.batches.size() - 1).to();
    }

    private static void transaction(KafkaProducer<String, String> producer, String value, boolean commits)
            throws Exception {
        producer.beginTransaction();
        producer.send(row(value)).get(30, TimeUnit.SECONDS);
        if (commits) {
            producer.commitTransaction();
        } else {
            producer.abortTransaction();
        }
    }

    private List<String> readAll(long from) {
        List<String> values = new ArrayList<>();
        long next = from;
        while (true) {
            LogBatch batch = Objects.requireNonNull(
                    side.egress.read(there(PLANT), next, 1 << 20).block(LONG));
            assertThat(batch.from()).isEqualTo(next);
            if (batch.to() == next) {
                return values;
            }
            batch.records().forEach(row -> values.add(row.message().payload().utf8()));
            next = batch.to();
        }
    }

    @Test
    void aTopicThatAppearsIsReadFromItsFirstRecord() throws Exception {
        side.egress.start(sink);
        Map<LogPartition, Long> starts = new ConcurrentHashMap<>();
        Reading reading = open("plant/+", starts);
        assertThat(reading.partitions()).isEmpty();
        Lane lane = loop.call(() -> side.ingress.open(loop, () -> {}));

        loop.execute(() -> lane.publish(Message.of("plant/1", Qos.AT_LEAST_ONCE, "first"), outcome -> {}));

        await().atMost(LONG).untilAsserted(() -> assertThat(sink.values(PLANT)).containsExactly("first"));
        assertThat(starts).isEmpty();
        sink.assertContiguous(PLANT, 0);
        assertThat(reading.partitions()).map(KafkaEgressIT::plain).containsExactly(PLANT);
        reading.close();
        await().atMost(LONG).untilAsserted(() -> assertThat(
                        side.registry.get("sluice.tail.partitions").gauge().value())
                .isZero());
    }

    @Test
    void aFullSinkIsNotGivenMoreUntilItHasRoomAgain() throws Exception {
        create("mqtt.plant");
        side.egress.start(sink);
        await().atMost(LONG).until(() -> side.directory.topics().containsKey("mqtt.plant"));
        open("#", new ConcurrentHashMap<>());
        sink.full = true;
        try (KafkaProducer<String, String> producer = producer(Map.of())) {
            producer.send(row("1")).get(30, TimeUnit.SECONDS);
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(sink.values(PLANT)).containsExactly("1"));
            producer.send(row("2")).get(30, TimeUnit.SECONDS);
            // An open is a barrier: the tail has gone round, and still holds the record back.
            open("plant/1", new ConcurrentHashMap<>());
            assertThat(sink.values(PLANT)).containsExactly("1");

            sink.full = false;
            side.egress.resume();

            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(sink.values(PLANT)).containsExactly("1", "2"));
        }
    }

    @Test
    void onlyThePartitionOfTheKeyIsReadAndTheNewOneWhenTheTopicGrows() throws Exception {
        side.close();
        side = new KafkaSide(
                kafka.bootstrapServers(),
                IngressSettings.DEFAULTS,
                new TopicSettings(Duration.ofMillis(200), 1000),
                keyed(IngressRule.rest()));
        byte[] key = "plant/1".getBytes(UTF_8);
        int before = BuiltInPartitioner.partitionForKey(key, 3);
        int grown = IntStream.range(4, 20)
                .filter(count -> BuiltInPartitioner.partitionForKey(key, count) != before)
                .findFirst()
                .orElseThrow();
        LogPartition old = new LogPartition("mqtt.plant", before);
        LogPartition next = new LogPartition("mqtt.plant", BuiltInPartitioner.partitionForKey(key, grown));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
                KafkaProducer<String, String> producer = producer(Map.of("metadata.max.age.ms", "100"))) {
            admin.createTopics(List.of(new NewTopic("mqtt.plant", 3, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
            side.egress.start(sink);
            await().atMost(LONG).until(() -> side.directory.topics().containsKey("mqtt.plant"));
            Map<LogPartition, Long> starts = new ConcurrentHashMap<>();
            Reading reading = open("plant/1", starts);
            assertThat(starts).containsOnlyKeys(old);
            assertThat(reading.partitions()).map(KafkaEgressIT::plain).containsExactly(old);
            producer.send(row("before")).get(30, TimeUnit.SECONDS);
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(sink.values(old)).containsExactly("before"));

            admin.createPartitions(Map.of("mqtt.plant", NewPartitions.increaseTo(grown)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
            await().atMost(LONG)
                    .until(() -> producer.partitionsFor("mqtt.plant").size() == grown);
            producer.send(row("after")).get(30, TimeUnit.SECONDS);

            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(sink.values(next)).containsExactly("after"));
            assertThat(reading.partitions()).map(KafkaEgressIT::plain).containsExactlyInAnyOrder(old, next);
        }
    }

    private static IngressRule keyed(IngressRule rule) {
        return new IngressRule(
                rule.name(),
                rule.filter(),
                rule.topic(),
                rule.key(),
                rule.qosMax(),
                rule.headerMode(),
                rule.headers(),
                rule.illegalName(),
                rule.subscribe(),
                Partitioner.MURMUR2,
                rule.creation());
    }

    @Test
    void anOpenWaitsWhileKafkaIsAwayAndTheTailGoesOnAfterwards() throws Exception {
        create("mqtt.plant");
        side.egress.start(sink);
        await().atMost(LONG).until(() -> side.directory.topics().containsKey("mqtt.plant"));
        open("plant/1", new ConcurrentHashMap<>());
        kafka.close();
        List<Reading> opened = new CopyOnWriteArrayList<>();
        side.egress
                .open(TopicFilter.of("plant/2"), List.of(), (partition, offset) -> {})
                .subscribe(opened::add, failure -> {
                    throw new AssertionError(failure);
                });
        assertThat(opened).isEmpty();

        kafka.start();

        await().atMost(LONG).untilAsserted(() -> assertThat(opened).hasSize(1));
        try (KafkaProducer<String, String> producer = producer(Map.of())) {
            producer.send(row("back")).get(30, TimeUnit.SECONDS);
        }
        await().atMost(LONG).untilAsserted(() -> assertThat(sink.values(PLANT)).containsExactly("back"));
    }

    /** A reading for try: its close throws nothing. */
    private static CloseableReading closeable(Reading reading) {
        return new CloseableReading(reading);
    }

    private record CloseableReading(Reading reading) implements Reading, AutoCloseable {
        @Override
        public List<LogPartition> partitions() {
            return List.copyOf(reading.partitions());
        }

        @Override
        public void close() {
            reading.close();
        }
    }
}
