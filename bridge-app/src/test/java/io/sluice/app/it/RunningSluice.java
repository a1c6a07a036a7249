package io.sluice.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.sluice.app.config.ConfigLoader;
import io.sluice.app.config.ConfigSources;
import io.sluice.app.runtime.Sluice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A Sluice with embedded Kafka that many tests share; each of them takes names of its own. */
final class RunningSluice implements AutoCloseable {

    /** Kafka topic of everything below {@code it/}; more than one partition, so that topics spread. */
    static final String KAFKA_TOPIC = "it";

    /** What we grant to publishers: small enough to be exceeded by a test. */
    static final int RECEIVE_MAXIMUM = 20;

    static final int TOPIC_ALIAS_MAXIMUM = 16;
    static final int PACKET_SIZE_MAX = 64 << 10;
    static final int CLIENT_ID_BYTES_MAX = 256;
    private static final String CONFIG = """
            listeners:
              mqtt: {type: tcp, bind: "127.0.0.1:0"}
              ws: {type: ws, bind: "127.0.0.1:0"}
              mqtts:
                type: tls
                bind: "127.0.0.1:0"
                tls: {certificate: src/test/resources/tls/server.crt, key: src/test/resources/tls/server.key}
                auth: users
            authentication:
              users: {type: password-file, file: src/test/resources/tls/users}
            management: {bind: "127.0.0.1:0"}
            kafka:
              embedded: {data-dir: "%s", port: 0}
            ingress:
              - {name: tests, filter: "it/#", topic: "it", create: {partitions: 4}}
              - {name: telemetry, filter: "telemetry/{tenant}/{device}/{rest...}", topic: "telemetry.{tenant}", key: "{device}"}
              - {name: readings, filter: "readings/{site}/#", topic: "readings.{site}"}
              - {name: checked, filter: "checked/#", topic: checked, format: {type: json, subject: checked}, dead-letter: checked.dlq}
            egress:
              - {name: commands, topic: "commands.{tenant}", filter: "commands/{tenant}/{key}"}
            schema-registry: {folder: src/test/resources/schemas}
            mqtt: {receive-maximum: %d, topic-alias-maximum: %d, max-packet-size: %dB, max-client-id-length: %d, sys-interval: 1s}
            sessions: {max-inflight: 8, buffer: 16}
            """;

    /** What is 0 when nobody is connected. */
    private static final List<String> LIVE_GAUGES = List.of(
            "sluice.connections",
            "sluice.connections.paused",
            "sluice.sessions",
            "sluice.subscriptions",
            "sluice.deliveries.inflight",
            "sluice.ingress.inflight.bytes",
            "sluice.egress.handover.pending",
            "sluice.tail.partitions");

    private final Path folder;
    private final Sluice sluice;
    private final AtomicInteger names = new AtomicInteger();

    private RunningSluice(Path folder, Sluice sluice) {
        this.folder = folder;
        this.sluice = sluice;
    }

    static RunningSluice start() throws IOException {
        Path folder = Files.createTempDirectory("sluice-it");
        Path file = folder.resolve("sluice.yaml");
        Files.writeString(
                file,
                CONFIG.formatted(
                        folder.resolve("kafka"),
                        RECEIVE_MAXIMUM,
                        TOPIC_ALIAS_MAXIMUM,
                        PACKET_SIZE_MAX,
                        CLIENT_ID_BYTES_MAX));
        ConfigSources sources = new ConfigSources(
                List.of(file.toString()),
                Map.of(),
                Map.of(),
                true,
                Runtime.getRuntime().maxMemory());
        return new RunningSluice(folder, Sluice.start(ConfigLoader.load(sources).usable()));
    }

    int tcpPort() {
        return sluice.port("mqtt");
    }

    int wsPort() {
        return sluice.port("ws");
    }

    String bootstrapServers() {
        return sluice.bootstrapServers();
    }

    /** The value of a metric over all its series, as an operator would read it. */
    double metric(String name, String... tags) {
        return sluice.registry().find(name).tags(tags).meters().stream()
                .flatMap(meter -> Stream.of(meter.measure().iterator().next().getValue()))
                .mapToDouble(Double::doubleValue)
                .sum();
    }

    /** All metrics, as Prometheus gets them. */
    String scrape() {
        return sluice.registry().scrape();
    }

    /** All metrics, with their types and descriptions. */
    MetricSnapshots snapshots() {
        return sluice.registry().getPrometheusRegistry().scrape();
    }

    /** A name that nobody else has: a client id, or a level of topics. */
    String unique(String prefix) {
        return prefix + "-" + names.incrementAndGet();
    }

    /** An MQTT topic that nobody else has; there may be levels below it. */
    String topic() {
        return "it/" + unique("t");
    }

    /** Connects a client without anything special. */
    RawClient connect(Protocol protocol) throws IOException {
        return connect(protocol, unique("c"), connect -> {});
    }

    /** Connects a client. */
    RawClient connect(Protocol protocol, String clientId, Consumer<Connect> options) throws IOException {
        Connect connect = new Connect(protocol, clientId);
        options.accept(connect);
        RawClient client = open();
        client.connect(connect);
        return client;
    }

    /** Opens a socket, and sends nothing. */
    RawClient open() throws IOException {
        return new RawClient(tcpPort());
    }

    /** All clients are gone: whatever was counted up for them is counted down again, and nothing broke. */
    private void assertNothingIsLeft() {
        for (String gauge : LIVE_GAUGES) {
            Awaitility.await(gauge)
                    .untilAsserted(() -> assertThat(metric(gauge)).as(gauge).isZero());
        }
        assertThat(metric("sluice.bugs")).as("sluice.bugs").isZero();
    }

    @Override
    public void close() throws IOException {
        try {
            assertNothingIsLeft();
        } finally {
            sluice.close();
            deleteFolder();
        }
    }

    private void deleteFolder() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
