package io.sluice.app.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.app.config.ConfigLoader;
import io.sluice.app.config.ConfigSources;
import io.sluice.app.embedded.EmbeddedKafka;
import io.sluice.app.embedded.EmbeddedKafkaSettings;
import io.sluice.app.runtime.Sluice;
import io.sluice.mqtt.port.Loop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Prometheus scrapes a Sluice under load: the dashboards are not empty, and the alerts fire when what they are for
 * happens. Times and thresholds of the alerts are shortened, their expressions are those of the chart.
 */
@Timeout(180)
@Tag("alone")
final class PrometheusIT {

    private static final Logger LOG = LoggerFactory.getLogger(PrometheusIT.class);
    private static final Path CHART_FILES = Path.of("../helm/sluice/files");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int IDLE_CLIENTS = 45;
    private static final int CONNECTIONS_MAX = 50;
    /** Not a second together, or the timer that is watched always runs in between. */
    private static final Duration BLOCKED = Duration.ofMillis(900);

    private static final Duration BREATH = Duration.ofMillis(450);
    private static final String CONFIG = """
            listeners:
              mqtt: {type: tcp, bind: "127.0.0.1:0", limits: {connections: %d}}
            management: {bind: "127.0.0.1:0"}
            kafka: {bootstrap-servers: "%s", topics: {limit: 2}}
            limits: {inflight-bytes: 1MiB}
            drain: {delay: 0s, timeout: 5s}
            ingress:
              - {name: load, filter: "load/#", topic: load, create: {partitions: 1}}
              - {name: each, filter: "each/{one}", topic: "each.{one}"}
            """;

    private static final Map<String, String> THRESHOLDS =
            Map.of("massDisconnectConnections", "20", "tailLagSeconds", "1", "rejectedShare", "0.01");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final Queue<String> problems = new ConcurrentLinkedQueue<>();
    private volatile boolean loaded = true;

    @BeforeEach
    void isInstalled() throws InterruptedException {
        assumeTrue(
                PrometheusServer.isInstalled("prometheus") && PrometheusServer.isInstalled("promtool"),
                "prometheus is not installed: apt-get install prometheus");
    }

    @Test
    void dashboardsAreFilledAndAlertsFire() throws Exception {
        try (EmbeddedKafka kafka =
                new EmbeddedKafka(new EmbeddedKafkaSettings(folder.resolve("kafka"), ChildSluice.freePort()))) {
            kafka.start();
            try (Sluice sluice = start(kafka.bootstrapServers());
                    PrometheusServer prometheus =
                            new PrometheusServer(folder, shortenedRules(), sluice.managementPort())) {
                run(kafka, sluice, prometheus);
            } finally {
                loaded = false;
                for (AutoCloseable client : open) {
                    client.close();
                }
            }
        }
    }

    private void run(EmbeddedKafka kafka, Sluice sluice, PrometheusServer prometheus) throws Exception {
        startLoad(sluice.port("mqtt"));
        List<RawClient> idle = connectIdle(sluice.port("mqtt"));
        patiently().untilAsserted(() -> assertThat(prometheus.health()).containsExactly("up "));

        assertFires(prometheus, "SluiceMessagesRejected");
        assertFires(prometheus, "SluiceConnectionsNearLimit");
        assertFires(prometheus, "SluiceTopicsNearLimit");
        assertTheScrapeIsByTheRules(sluice);
        assertTheDashboardsHaveData(prometheus);
        patiently().untilAsserted(() -> assertThat(prometheus.failingRules()).isEmpty());

        assertThat(prometheus.firing())
                .doesNotContain(
                        "SluiceEventLoopBlocked",
                        "SluiceTailLag",
                        "SluiceMassDisconnect",
                        "SluiceDown",
                        "SluiceMessagesUnaccounted");
        for (Loop loop : sluice.loops()) {
            block(loop, 8);
        }
        assertFires(prometheus, "SluiceEventLoopBlocked");

        limit(kafka, "consumer_byte_rate", "sluice-tail-0", 5_000.0);
        assertFires(prometheus, "SluiceTailLag");
        limit(kafka, "consumer_byte_rate", "sluice-tail-0", null);

        for (RawClient client : idle) {
            client.close();
        }
        assertFires(prometheus, "SluiceMassDisconnect");

        assertThat(prometheus.firing()).doesNotContain("SluiceIngressGateClosed", "SluiceKafkaUnavailable");
        limit(kafka, "producer_byte_rate", "sluice-ingress", 200_000.0);
        Thread flood = flood(sluice.port("mqtt"));
        assertFires(prometheus, "SluiceIngressGateClosed");
        limit(kafka, "producer_byte_rate", "sluice-ingress", null);

        kafka.close();
        assertFires(prometheus, "SluiceKafkaUnavailable");
        loaded = false;
        kafka.start();
        flood.join();
        assertNothingIsUnaccounted(sluice, prometheus);

        for (AutoCloseable client : open) {
            client.close();
        }
        sluice.close();
        assertFires(prometheus, "SluiceDown");
        assertThat(problems).isEmpty();
    }

    // ---- what is shown ----------------------------------------------------------------------------------------------

    private static void assertFires(PrometheusServer prometheus, String alert) {
        long start = System.nanoTime();
        patiently().untilAsserted(() -> assertThat(prometheus.firing()).contains(alert));
        LOG.atInfo()
                .addKeyValue("alert", alert)
                .addKeyValue("after", Duration.ofNanos(System.nanoTime() - start))
                .log("Fires");
    }

    private void assertTheScrapeIsByTheRules(Sluice sluice) throws IOException, InterruptedException {
        Path scrape = Files.writeString(
                folder.resolve("scrape.txt"), sluice.registry().scrape());
        Process promtool = new ProcessBuilder("promtool", "check", "metrics")
                .redirectInput(scrape.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(promtool.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);

        assertThat(promtool.waitFor()).as(said).isZero();
        assertThat(said).isEmpty();
    }

    private static void assertTheDashboardsHaveData(PrometheusServer prometheus) throws IOException {
        Set<String> queries = new TreeSet<>();
        Set<String> variables = new TreeSet<>();
        for (Path dashboard : files(CHART_FILES.resolve("dashboards"))) {
            collect("expr", PrometheusServer.json(Files.readString(dashboard)), queries);
            collect("query", PrometheusServer.json(Files.readString(dashboard)), variables);
        }
        assertThat(queries).hasSizeGreaterThan(70);
        for (String query : queries) {
            String filled = query.replace("$__rate_interval", "10s")
                    .replace("$__range", "1m")
                    .replace("=\"$rule\"", "=\"load\"")
                    .replaceAll("=~\"\\$\\w+\"", "=~\".*\"");
            assertThat(filled).doesNotContain("$");
            // What has happened to nobody is left out of these.
            boolean mayBeEmpty = query.endsWith("> 0") || query.contains(" unless ");
            patiently().untilAsserted(() -> assertThat(prometheus.query(filled))
                    .as(filled)
                    .satisfies(values ->
                            assertThat(!values.isEmpty() || mayBeEmpty).isTrue()));
        }
        Pattern labelValues = Pattern.compile("label_values\\((.*), (\\w+)\\)");
        List<String> chosen = variables.stream()
                .filter(query -> query.startsWith("label_values"))
                .toList();
        assertThat(chosen).hasSizeGreaterThan(3).allSatisfy(query -> {
            Matcher of = labelValues.matcher(query.replace("$namespace", ".*"));
            assertThat(of.matches()).as(query).isTrue();
            assertThat(prometheus.labels(of.group(2), of.group(1))).as(query).isNotEmpty();
        });
        LOG.atInfo().addKeyValue("queries", queries.size()).log("Dashboards have data");
    }

    /** The loss equation, as it is recorded: when nothing is under way, nothing is missing. */
    private static void assertNothingIsUnaccounted(Sluice sluice, PrometheusServer prometheus) {
        patiently().untilAsserted(() -> {
            assertThat(prometheus.query("sluice_kafka_up")).containsExactly(1.0);
            assertThat(prometheus.query("sluice:ingress_bytes_under_way:sum")).containsExactly(0.0);
            assertThat(prometheus.query("sluice:ingress_messages_unaccounted:sum"))
                    .containsExactly(0.0);
        });
        LoadInvariants.assertHold(sluice.registry().scrape());
        assertThat(prometheus.query("sum(sluice_ingress_acknowledged_total)").get(0))
                .isGreaterThan(100);
        assertThat(prometheus.firing()).doesNotContain("SluiceMessagesUnaccounted");
    }

    // ---- what is done -----------------------------------------------------------------------------------------------

    private Sluice start(String bootstrapServers) throws IOException {
        Path file =
                Files.writeString(folder.resolve("sluice.yaml"), CONFIG.formatted(CONNECTIONS_MAX, bootstrapServers));
        ConfigSources sources = new ConfigSources(
                List.of(file.toString()),
                Map.of(),
                Map.of(),
                true,
                Runtime.getRuntime().maxMemory());
        return Sluice.start(ConfigLoader.load(sources).usable());
    }

    /** The chart's rules, with seconds for minutes. */
    private Path shortenedRules() throws IOException {
        String rules = Files.readString(CHART_FILES.resolve("alerts.yaml"))
                .replaceAll("(for: |\\[|offset )\\d+m", "$110s")
                .replace("for: 10s", "for: 1s");
        for (Map.Entry<String, String> threshold : THRESHOLDS.entrySet()) {
            String shortened = rules.replaceAll(
                    "[0-9.]+( # threshold: " + threshold.getKey() + "\\b)", threshold.getValue() + "$1");
            assertThat(rules).contains("# threshold: " + threshold.getKey());
            rules = shortened;
        }
        return Files.writeString(folder.resolve("alerts.yaml"), rules);
    }

    /** One publishes at all QoS, and sometimes what no rule takes; one subscribes. */
    private void startLoad(int port) throws IOException {
        RawClient subscriber = opened(port, "subscriber");
        assertThat(subscriber.subscribe("load/#", 1)).isEqualTo(1);
        thread("subscriber", () -> {
            while (loaded) {
                subscriber.message();
            }
        });
        RawClient publisher = opened(port, "publisher");
        publisher.publish("each/a", "1");
        thread("publisher", () -> {
            for (int i = 0; loaded; i++) {
                publisher.publish("load/" + i % 10, "x".repeat(400), i % 3, false);
                if (i % 5 == 0) {
                    int packetId = publisher.nextPacketId();
                    publisher.send(publisher.publication("nobody/takes", "this", 1, false, packetId));
                    if (publisher.next(Wire.PUBACK).reasonCode() < 0x80) {
                        problems.add("not rejected");
                    }
                }
            }
        });
    }

    private List<RawClient> connectIdle(int port) throws IOException {
        List<RawClient> idle = new ArrayList<>();
        for (int i = 0; i < IDLE_CLIENTS; i++) {
            idle.add(opened(port, "idle-" + i));
        }
        return idle;
    }

    /** Sends at QoS 0 more than there is room for. */
    private Thread flood(int port) throws IOException {
        RawClient client = opened(port, "flood");
        byte[] message = client.publication("load/flood", "x".repeat(20_000), 0, false, 0);
        return thread("flood", () -> {
            while (loaded) {
                client.send(message);
            }
        });
    }

    private RawClient opened(int port, String clientId) throws IOException {
        RawClient client = new RawClient(port, (int) TimeUnit.MINUTES.toMillis(3));
        open.add(client);
        return client.connect(new Connect(Protocol.MQTT_5, clientId));
    }

    /** Computes on a loop most of the time, so that whoever else is on it waits. */
    private static void block(Loop loop, int times) {
        loop.execute(() -> {
            long until = System.nanoTime() + BLOCKED.toNanos();
            long now = System.nanoTime();
            while (now - until < 0) {
                now = System.nanoTime();
            }
            if (times > 1) {
                loop.schedule(BREATH, () -> block(loop, times - 1));
            }
        });
    }

    /** Kafka lets a client have so many bytes a second, or as many as it wants. */
    private static void limit(EmbeddedKafka kafka, String quota, String client, @Nullable Double bytesPerSecond)
            throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.alterClientQuotas(List.of(new ClientQuotaAlteration(
                            new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, client)),
                            List.of(new ClientQuotaAlteration.Op(quota, bytesPerSecond)))))
                    .all()
                    .get();
        }
    }

    /** What a thread of the load does. */
    private interface Work {
        void run() throws IOException;
    }

    private Thread thread(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException | AssertionError failure) {
                        if (loaded) {
                            problems.add(name + ": " + failure);
                        }
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static ConditionFactory patiently() {
        return await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100));
    }

    private static void collect(String key, Object tree, Set<String> found) {
        if (tree instanceof Map<?, ?> map) {
            map.forEach((name, value) -> {
                if (name.equals(key) && value instanceof String text) {
                    found.add(text);
                } else if (value != null) {
                    collect(key, value, found);
                }
            });
        } else if (tree instanceof List<?> list) {
            list.forEach(item -> collect(key, item, found));
        }
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
