package io.sluice.app.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sluice.app.config.ConfigLoader;
import io.sluice.app.config.ConfigSources;
import io.sluice.app.embedded.EmbeddedKafka;
import io.sluice.app.embedded.EmbeddedKafkaSettings;
import io.sluice.app.runtime.Sluice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Somebody writes garbage into the topics of the state: to a running Sluice, and while it is away. */
@Timeout(120)
final class StateGarbageIT {

    private static final long SEED = Long.getLong("seed", new Random().nextLong());
    private static final String CONFIG = """
            listeners:
              mqtt: {type: tcp, bind: "127.0.0.1:0"}
            management: {bind: "127.0.0.1:0"}
            drain: {delay: 0s}
            kafka: {bootstrap-servers: "%s"}
            """;

    private static final String SESSIONS = "_sluice.sessions";
    private static final String RETAINED = "_sluice.retained";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final Random random = new Random(SEED);
    private final Connect online = new Connect(Protocol.MQTT_5, "online").persistent();
    private final Connect away = new Connect(Protocol.MQTT_5, "away").persistent();

    @Test
    void whatIsRightGoesOnAndEachWrongRecordIsReportedWithItsPlace() throws Exception {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        ((Logger) LoggerFactory.getLogger("io.sluice.kafka.log.Unreadable")).addAppender(lines);
        try (EmbeddedKafka kafka = new EmbeddedKafka(new EmbeddedKafkaSettings(folder.resolve("kafka"), 0))) {
            kafka.start();
            int garbage;
            try (Sluice sluice = start(kafka);
                    RawClient publisher = connect(sluice, new Connect(Protocol.MQTT_5, "publisher"))) {
                try (RawClient leaving = connect(sluice, away)) {
                    leaving.subscribe("state/#", 1);
                    leaving.disconnect();
                }
                publisher.publish("state/kept", "kept", 1, true);
                try (RawClient subscriber = connect(sluice, online)) {
                    subscriber.subscribe("state/#", 1);
                    assertThat(subscriber.message().payload()).isEqualTo("kept");

                    garbage = writeGarbage(kafka);
                    awaitUnreadable(sluice, garbage);

                    assertThat(subscriber.isAlive()).isTrue();
                    publisher.publish("state/a", "first", 1, false);
                    assertThat(subscriber.message().payload()).isEqualTo("first");
                    assertRetained(sluice, "during");
                    subscriber.disconnect();
                }
                publisher.publish("state/a", "second", 1, false);
            }
            garbage += writeGarbage(kafka);

            try (Sluice sluice = start(kafka)) {
                awaitUnreadable(sluice, garbage);
                try (RawClient subscriber = connect(sluice, online)) {
                    assertThat(subscriber.connAck().isSessionPresent()).isTrue();
                    assertThat(subscriber.message().payload()).isEqualTo("second");
                    subscriber.settled();
                }
                try (RawClient subscriber = connect(sluice, away)) {
                    assertThat(subscriber.connAck().isSessionPresent()).isTrue();
                    assertThat(subscriber.payloadsUntil("second")).containsExactly("kept", "first");
                    subscriber.settled();
                }
                assertRetained(sluice, "afterwards");
            }
        } finally {
            ((Logger) LoggerFactory.getLogger("io.sluice.kafka.log.Unreadable")).detachAppender(lines);
        }
        for (String topic : List.of(SESSIONS, RETAINED)) {
            assertThat(List.copyOf(lines.list)).anySatisfy(line -> assertThat(String.valueOf(line.getKeyValuePairs()))
                    .contains(topic)
                    .contains("partition=")
                    .contains("offset="));
        }
    }

    private static void assertRetained(Sluice sluice, String clientId) throws IOException {
        try (RawClient fresh = connect(sluice, new Connect(Protocol.MQTT_5, clientId))) {
            fresh.subscribe("state/kept", 1);
            ReceivedMessage message = fresh.message();
            assertThat(message.payload()).isEqualTo("kept");
            assertThat(message.retain()).isTrue();
        }
    }

    private static void awaitUnreadable(Sluice sluice, int count) {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(unreadable(sluice)).as("seed %s", SEED).isEqualTo(count));
        assertThat(sluice.registry().scrape()).contains("sluice_state_unreadable_total");
    }

    private static double unreadable(Sluice sluice) {
        return sluice.registry().find("sluice.state.unreadable").functionCounters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    /** Returns how many records were written, none of which can be read. */
    private int writeGarbage(EmbeddedKafka kafka) throws Exception {
        int count = 0;
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (String client : List.of("online", "away")) {
                for (String part : List.of("", "\0k", "\0cmqtt.state:0", "\0i7", "\0o9", "\0x", "\0")) {
                    count += write(producer, SESSIONS, partition(client), bytes(client + part), unknownVersion());
                    count += write(producer, SESSIONS, partition(client), bytes(client + part), random(50));
                    count += write(producer, SESSIONS, partition(client), bytes(client + part), new byte[0]);
                }
            }
            for (String topic : List.of(SESSIONS, RETAINED)) {
                // Without a key Kafka itself takes none there.
                count += write(producer, topic, 3, new byte[] {(byte) 0xC0, (byte) 0xFF}, random(10));
                count += write(producer, topic, 3, new byte[0], random(10));
                count += write(producer, topic, 3, random(300_000), random(500_000));
            }
            int place = Utils.toPositive(Utils.murmur2(bytes("state/kept"))) % 16;
            count += write(producer, RETAINED, place, bytes("state/kept"), random(100));
            count += write(producer, RETAINED, place, bytes("state/kept"), unknownVersion());
            count += write(producer, RETAINED, place, bytes("state/kept"), new byte[0]);
            count += write(producer, RETAINED, place, bytes("state/#"), random(100));
            count += write(producer, RETAINED, place, bytes("state/#"), null);
        }
        return count;
    }

    private static int write(
            KafkaProducer<byte[], byte[]> producer, String topic, int partition, byte[] key, byte @Nullable [] value)
            throws Exception {
        producer.send(new ProducerRecord<>(topic, partition, key, value)).get(30, TimeUnit.SECONDS);
        return 1;
    }

    private static int partition(String client) {
        return Utils.toPositive(Utils.murmur2(bytes(client))) % 16;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private byte[] random(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        // No text, whatever comes.
        bytes[0] = (byte) 0xFF;
        return bytes;
    }

    /** As ours, with a schema that nobody has. */
    private byte[] unknownVersion() {
        byte[] bytes = random(60);
        bytes[0] = (byte) 0xC3;
        bytes[1] = 0x01;
        return bytes;
    }

    private static RawClient connect(Sluice sluice, Connect connect) throws IOException {
        RawClient client = new RawClient(sluice.port("mqtt"));
        client.connect(connect);
        return client;
    }

    private Sluice start(EmbeddedKafka kafka) throws IOException {
        Path file = Files.writeString(folder.resolve("sluice.yaml"), CONFIG.formatted(kafka.bootstrapServers()));
        return Sluice.start(ConfigLoader.load(new ConfigSources(
                        List.of(file.toString()),
                        Map.of(),
                        Map.of(),
                        false,
                        Runtime.getRuntime().maxMemory()))
                .usable());
    }
}
