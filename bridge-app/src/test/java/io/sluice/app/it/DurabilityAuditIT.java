package io.sluice.app.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sluice.app.cli.SluiceCommand;
import io.sluice.app.config.ConfigLoader;
import io.sluice.app.config.ConfigSources;
import io.sluice.app.config.SluiceConfig;
import io.sluice.app.embedded.EmbeddedKafka;
import io.sluice.app.embedded.EmbeddedKafkaSettings;
import io.sluice.app.runtime.Sluice;
import io.sluice.kafka.audit.DurabilityWatch;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** What Sluice says of a real Kafka of one node, with topics as people make them. */
final class DurabilityAuditIT {

    private static final String RULES = """
            listeners:
              mqtt: {type: tcp, bind: "127.0.0.1:0"}
            management: {bind: "127.0.0.1:0"}
            drain: {delay: 0s}
            kafka: {bootstrap-servers: "%s", durability: %s}
            ingress:
              - {name: shortly, filter: "short/#", topic: "short"}
              - {name: compacted, filter: "compacted/#", topic: "compacted", qos-max: 1}
              - {name: later, filter: "later/{x}", topic: "later.{x}"}
              - {name: absent, filter: "absent/#", topic: "absent", create: {enabled: false}}
            egress:
              - {name: commands, topic: "commands", filter: "commands/{key}"}
            """;

    @TempDir
    private static Path folder = Path.of(".");

    private static EmbeddedKafka kafka = new EmbeddedKafka(new EmbeddedKafkaSettings(Path.of("."), 0));

    @BeforeAll
    static void startKafka() throws Exception {
        kafka = new EmbeddedKafka(new EmbeddedKafkaSettings(folder.resolve("kafka"), 0));
        kafka.start();
        createTopic("short", Map.of("retention.ms", "3600000"));
        createTopic("compacted", Map.of("cleanup.policy", "compact"));
        createTopic("commands", Map.of("unclean.leader.election.enable", "true"));
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    private static void createTopic(String name, Map<String, String> config) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(name, 1, (short) 1).configs(config)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void checkSaysPerRuleWhatTheTopicsGuarantee() throws IOException {
        StringWriter out = new StringWriter();

        assertThat(check(out, "report")).isZero();

        assertThat(out.toString().lines())
                .contains(
                        "ingress \"shortly\": weaker than promised",
                        "  short: retention.ms 3600000, 1 h (expected: at least sessions.max-expiry, 7 d): who is away for"
                                + " longer loses messages",
                        "  short: replication factor 1 (expected: 3): what was acknowledged is lost with one broker's"
                                + " disk",
                        "  compacted: cleanup.policy compact (expected: delete): of messages with one key who was away"
                                + " gets the last alone",
                        "  absent: does not exist, and the rule creates none",
                        "state: weaker than promised")
                .noneMatch(line -> line.contains("transaction.version"));
        assertThat(out.toString()).contains("later.{x} (to be created): replication factor 1 (expected: 3)");
        assertThat(out.toString()).contains("commands: unclean.leader.election.enable true (expected: false)");
    }

    @Test
    void strictlyItIsRefusedByTheCheckAndByTheStart() throws IOException {
        StringWriter out = new StringWriter();

        assertThat(check(out, "strict")).isEqualTo(1);
        assertThat(out.toString()).contains("kafka.durability is strict: Sluice would not start.");
        assertThatThrownBy(() -> Sluice.start(config("strict")).close())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("kafka.durability is strict")
                .hasMessageContaining("short: retention.ms 3600000");
    }

    @Test
    void theStartSaysItAndSoDoesATopicThatComesLater() throws Exception {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(DurabilityWatch.class);
        lines.start();
        logger.addAppender(lines);
        try (Sluice sluice = Sluice.start(config("report"))) {
            assertThat(sluice.port("mqtt")).isPositive();
            awaitSaid(lines, "ingress \"shortly\"", "short: retention.ms 3600000");

            createTopic("later.a", Map.of("retention.ms", "60000"));

            awaitSaid(lines, "ingress \"later\"", "later.a: retention.ms 60000, 60 s");
        } finally {
            logger.detachAppender(lines);
        }
    }

    private static void awaitSaid(ListAppender<ILoggingEvent> lines, String subject, String finding) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(List.copyOf(lines.list))
                .anySatisfy(line -> assertThat(String.valueOf(line.getKeyValuePairs()))
                        .contains(subject)
                        .contains(finding)));
    }

    private static int check(StringWriter out, String durability) throws IOException {
        CommandLine commandLine = SluiceCommand.commandLine(Map.of(), (config, sources) -> 7);
        commandLine.setOut(new PrintWriter(out, true));
        return commandLine.execute("check", "--kafka", "-c", file(durability).toString());
    }

    private static Path file(String durability) throws IOException {
        Path file = Files.createTempFile(folder, "sluice", ".yaml");
        return Files.writeString(file, RULES.formatted(kafka.bootstrapServers(), durability));
    }

    private static SluiceConfig config(String durability) throws IOException {
        return ConfigLoader.load(new ConfigSources(
                        List.of(file(durability).toString()),
                        Map.of(),
                        Map.of(),
                        false,
                        Runtime.getRuntime().maxMemory()))
                .usable();
    }
}
