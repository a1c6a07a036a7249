package io.sluice.app.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.app.config.ConfigLoader;
import io.sluice.app.config.ConfigSources;
import io.sluice.app.embedded.EmbeddedKafka;
import io.sluice.app.embedded.EmbeddedKafkaSettings;
import io.sluice.app.runtime.Sluice;
import io.sluice.kafka.client.KafkaSettings;
import io.sluice.kafka.retention.RetentionHeadroom;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.session.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What retention deletes before a session has got it, and topics that are deleted and made again. */
@Timeout(120)
final class RetentionIT {

    private static final String CONFIG = """
            listeners:
              mqtt: {type: tcp, bind: "127.0.0.1:0"}
            management: {bind: "127.0.0.1:0"}
            drain: {delay: 0s}
            kafka: {bootstrap-servers: "%s"}
            """;

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static EmbeddedKafka kafka;

    @SuppressWarnings("NullAway.Init")
    private static Sluice sluice;

    @BeforeAll
    static void start() throws IOException {
        kafka = new EmbeddedKafka(new EmbeddedKafkaSettings(folder.resolve("kafka"), 0));
        kafka.start();
        Path file = Files.writeString(folder.resolve("sluice.yaml"), CONFIG.formatted(kafka.bootstrapServers()));
        sluice = Sluice.start(ConfigLoader.load(new ConfigSources(
                        List.of(file.toString()),
                        Map.of(),
                        Map.of(),
                        false,
                        Runtime.getRuntime().maxMemory()))
                .usable());
    }

    @AfterAll
    static void stop() {
        sluice.close();
        kafka.close();
    }

    @Test
    void whatRetentionHasDeletedIsCountedAndSaidOnceAndDeliveryGoesOnFromTheOldest() throws Exception {
        Connect away = new Connect(Protocol.MQTT_5, "away").persistent();
        try (RawClient subscriber = connect(away)) {
            subscriber.subscribe("gone/#", 1);
            subscriber.disconnect();
        }
        try (RawClient publisher = connect(new Connect(Protocol.MQTT_5, "publisher"))) {
            for (int i = 0; i < 10; i++) {
                publisher.publish("gone/a", "m" + i, 1, false);
            }
        }
        double lostBefore = counter("sluice.session.lost.records");
        deleteBefore("mqtt.gone", 7);
        ListAppender<ILoggingEvent> lines = appender();

        try (RawClient subscriber = connect(away)) {
            assertThat(subscriber.message().payload()).isEqualTo("m7");
            assertThat(subscriber.message().payload()).isEqualTo("m8");
            assertThat(subscriber.message().payload()).isEqualTo("m9");
        }

        assertThat(counter("sluice.session.lost.records") - lostBefore).isEqualTo(7);
        assertThat(warnings(lines, "retention has deleted")).hasSize(1);
    }

    @Test
    void aTopicThatWasMadeAgainIsReadFromItsBeginningAndThePlaceInTheOldOneIsVoid() throws Exception {
        Connect away = new Connect(Protocol.MQTT_5, "again").persistent();
        try (RawClient subscriber = connect(away);
                RawClient publisher = connect(new Connect(Protocol.MQTT_5, "publisher-again"))) {
            subscriber.subscribe("again/#", 1);
            for (int i = 0; i < 5; i++) {
                publisher.publish("again/a", "old" + i, 1, false);
                assertThat(subscriber.message().payload()).isEqualTo("old" + i);
            }
            subscriber.disconnect();
        }
        double voidBefore = counter("sluice.session.cursors.void");
        ListAppender<ILoggingEvent> lines = appender();
        try (RawClient probe = connect(new Connect(Protocol.MQTT_5, "probe"))) {
            probe.subscribe("again/#", 0);
            makeAgain("mqtt.again");
            produce("mqtt.again", "again/a", "new0", "new1", "new2");
            await().atMost(PATIENCE).until(() -> gauge("sluice.deliveries", "source", "tail", "qos", "0") >= 3);
        }

        try (RawClient subscriber = connect(away)) {
            assertThat(subscriber.connAck().isSessionPresent()).isTrue();
            assertThat(subscriber.message().payload()).isEqualTo("new0");
            assertThat(subscriber.message().payload()).isEqualTo("new1");
            assertThat(subscriber.message().payload()).isEqualTo("new2");
            subscriber.settled();
        }

        assertThat(counter("sluice.session.cursors.void") - voidBefore).isEqualTo(1);
        assertThat(warnings(lines, "Where a session stood is void")).hasSize(1);
    }

    @Test
    void theHeadroomIsTheTimeUntilTheOldestRecordThatIsWaitedForIsDeleted() throws Exception {
        createTopic("room", Map.of("retention.ms", "3600000"));
        createTopic("kept", Map.of("retention.ms", "-1"));
        long now = System.currentTimeMillis();
        produceAt("room", now - 3_000_000, "old");
        produceAt("room", now - 1_000_000, "newer");
        produceAt("kept", now - 9_000_000, "x");
        Map<LogPartition, Long> lowest = new ConcurrentHashMap<>();
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (RetentionHeadroom headroom = new RetentionHeadroom(
                new KafkaSettings(kafka.bootstrapServers(), "test", Map.of()),
                () -> new HashMap<>(lowest),
                System::currentTimeMillis,
                Duration.ofMillis(100),
                registry)) {
            headroom.start();

            lowest.put(new LogPartition("kept", 0), 0L);
            awaitHeadroom(registry, Double.POSITIVE_INFINITY);
            lowest.put(new LogPartition("room", 0), 0L);
            awaitHeadroom(registry, 600);
            lowest.put(new LogPartition("room", 0), 1L);
            awaitHeadroom(registry, 2_600);
            // Who has got everything waits for nothing.
            lowest.put(new LogPartition("room", 0), 2L);
            awaitHeadroom(registry, Double.POSITIVE_INFINITY);
            // What is deleted is not waited for any more, but what is there is.
            deleteBefore("room", 1);
            lowest.put(new LogPartition("room", 0), 0L);
            awaitHeadroom(registry, 2_600);
        }
    }

    @Test
    void asASessionIsAwayTheHeadroomSaysForHowLongItMayBe() throws Exception {
        Connect away = new Connect(Protocol.MQTT_5, "roomy").persistent();
        try (RawClient subscriber = connect(away);
                RawClient publisher = connect(new Connect(Protocol.MQTT_5, "publisher-roomy"))) {
            publisher.publish("roomy/a", "before", 1, false);
            subscriber.subscribe("roomy/#", 1);
            subscriber.disconnect();
            publisher.publish("roomy/a", "waited for", 1, false);
        }

        // Kafka's default keeps a record for a week.
        double week = Duration.ofDays(7).toSeconds();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(gauge("sluice.session.retention.headroom"))
                .isCloseTo(week, within(300.0)));
        assertThat(sluice.registry().scrape()).contains("sluice_session_retention_headroom_seconds ");
    }

    private static void awaitHeadroom(SimpleMeterRegistry registry, double seconds) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            double now = registry.get("sluice.session.retention.headroom")
                    .timeGauge()
                    .value(TimeUnit.SECONDS);
            if (Double.isInfinite(seconds)) {
                assertThat(now).isEqualTo(seconds);
            } else {
                assertThat(now).isCloseTo(seconds, within(60.0));
            }
        });
    }

    private static RawClient connect(Connect connect) throws IOException {
        RawClient client = new RawClient(sluice.port("mqtt"));
        client.connect(connect);
        return client;
    }

    private static double counter(String name) {
        return sluice.registry().get(name).counter().count();
    }

    private static double gauge(String name, String... tags) {
        return sluice.registry().find(name).tags(tags).meters().stream()
                .mapToDouble(meter -> meter.measure().iterator().next().getValue())
                .sum();
    }

    private static ListAppender<ILoggingEvent> appender() {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        ((Logger) LoggerFactory.getLogger(Session.class.getPackageName())).addAppender(lines);
        return lines;
    }

    private static List<ILoggingEvent> warnings(ListAppender<ILoggingEvent> lines, String text) {
        return List.copyOf(lines.list).stream()
                .filter(line -> line.getLevel() == Level.WARN
                        && line.getFormattedMessage().contains(text))
                .toList();
    }

    private static Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    private static void deleteBefore(String topic, long offset) throws Exception {
        try (Admin admin = admin()) {
            admin.deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(offset)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private static void createTopic(String topic, Map<String, String> config) throws Exception {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1).configs(config)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private static void makeAgain(String topic) throws Exception {
        try (Admin admin = admin()) {
            admin.deleteTopics(List.of(topic)).all().get(30, TimeUnit.SECONDS);
        }
        await().atMost(PATIENCE).until(() -> {
            try {
                createTopic(topic, Map.of());
                return true;
            } catch (ExecutionException stillThere) {
                return false;
            }
        });
    }

    private static void produce(String topic, String key, String... values) throws Exception {
        try (KafkaProducer<String, String> producer = producer()) {
            for (String value : values) {
                producer.send(new ProducerRecord<>(topic, key, value)).get(30, TimeUnit.SECONDS);
            }
        }
    }

    private static void produceAt(String topic, long timestampMillis, String value) throws Exception {
        try (KafkaProducer<String, String> producer = producer()) {
            producer.send(new ProducerRecord<>(topic, 0, timestampMillis, "key", value))
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private static KafkaProducer<String, String> producer() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()), new StringSerializer(), new StringSerializer());
    }
}
