package io.sluice.app.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.app.config.ConfigLoader;
import io.sluice.app.config.ConfigSources;
import io.sluice.app.config.SluiceConfig;
import io.sluice.app.embedded.EmbeddedKafka;
import io.sluice.app.embedded.EmbeddedKafkaSettings;
import io.sluice.app.runtime.Sluice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages, sessions and wills expire by Kafka's clock, whatever the clocks of the machines say that Sluice runs on. */
@Timeout(120)
final class ExpiryIT {

    private static final String CONFIG = """
            listeners:
              mqtt: {type: tcp, bind: "127.0.0.1:0"}
            management: {bind: "127.0.0.1:0"}
            drain: {delay: 0s}
            kafka: {bootstrap-servers: "%s"}
            """;

    @TempDir
    private static Path folder = Path.of(".");

    private static EmbeddedKafka kafka = new EmbeddedKafka(new EmbeddedKafkaSettings(Path.of("."), 0));

    @BeforeAll
    static void startKafka() throws IOException {
        kafka = new EmbeddedKafka(new EmbeddedKafkaSettings(folder.resolve("kafka"), 0));
        kafka.start();
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @ParameterizedTest
    @CsvSource({"10, -10", "-10, 10"})
    void nothingIsEarlyAndNothingIsLate(int writerMinutes, int readerMinutes) throws Exception {
        String level = "skew" + writerMinutes;
        Connect away = new Connect(Protocol.MQTT_5, level).persistent();
        Connect brief = new Connect(Protocol.MQTT_5, level + "-brief").resume().with(Property.sessionExpiry(2));
        Connect lasting =
                new Connect(Protocol.MQTT_5, level + "-lasting").resume().with(Property.sessionExpiry(300));
        long published;
        try (Sluice writer = start(writerMinutes)) {
            connect(writer, brief).disconnect();
            connect(writer, lasting).disconnect();
            try (RawClient subscriber = connect(writer, away);
                    RawClient publisher = connect(writer, new Connect(Protocol.MQTT_5, level + "-publisher"))) {
                subscriber.subscribe(level + "/m/#", 2);
                publisher.publish(level + "/m/begun", "begun", 2, false, Property.messageExpiry(60));
                assertThat(subscriber.unacknowledged().qos()).isEqualTo(2);
                subscriber.disconnect();
                published = System.nanoTime();
                publisher.publish(level + "/m/short", "short", 1, false, Property.messageExpiry(2));
                publisher.publish(level + "/m/long", "long", 1, false, Property.messageExpiry(60));
                publisher.publish(level + "/r/short", "short", 1, true, Property.messageExpiry(2));
                publisher.publish(level + "/r/long", "long", 1, true, Property.messageExpiry(60));
                publisher.publish(level + "/m/end", "end");
            }
        }
        await().until(() ->
                System.nanoTime() - published > Duration.ofMillis(2_100).toNanos());

        try (Sluice reader = start(readerMinutes)) {
            try (RawClient subscriber = connect(reader, away)) {
                assertThat(subscriber.connAck().isSessionPresent()).isTrue();
                assertRest(subscriber.message(), "begun", published);
                assertRest(subscriber.message(), "long", published);
                assertThat(subscriber.message().payload()).isEqualTo("end");
                subscriber.subscribe(level + "/r/#", 1);
                assertRest(subscriber.message(), "long", published);
                subscriber.settled();
            }
            try (RawClient gone = connect(reader, brief);
                    RawClient kept = connect(reader, lasting)) {
                assertThat(gone.connAck().isSessionPresent()).isFalse();
                assertThat(kept.connAck().isSessionPresent()).isTrue();
            }
        }
    }

    /** What is left is what was said, less the time since. */
    private static void assertRest(ReceivedMessage message, String payload, long publishedNanos) {
        long passedSeconds =
                Duration.ofNanos(System.nanoTime() - publishedNanos).toSeconds();
        assertThat(message.payload()).isEqualTo(payload);
        assertThat(message.properties().number(Property.MESSAGE_EXPIRY)).isBetween(60 - passedSeconds - 3, 60L);
        assertThat(message.properties().number(Property.MESSAGE_EXPIRY)).isLessThanOrEqualTo(60 - passedSeconds + 5);
    }

    private static RawClient connect(Sluice sluice, Connect connect) throws IOException {
        RawClient client = new RawClient(sluice.port("mqtt"));
        client.connect(connect);
        return client;
    }

    private static Sluice start(int aheadMinutes) throws IOException {
        long skew = Duration.ofMinutes(aheadMinutes).toMillis();
        return Sluice.start(config(), () -> System.currentTimeMillis() + skew);
    }

    private static SluiceConfig config() throws IOException {
        Path file = Files.createTempFile(folder, "sluice", ".yaml");
        Files.writeString(file, CONFIG.formatted(kafka.bootstrapServers()));
        return ConfigLoader.load(new ConfigSources(
                        List.of(file.toString()),
                        Map.of(),
                        Map.of(),
                        false,
                        Runtime.getRuntime().maxMemory()))
                .usable();
    }
}
