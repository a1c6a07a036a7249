package io.sluice.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.app.config.SluiceConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

final class SluiceCommandTest {

    private static final String RULES = """
            ingress:
              - name: telemetry
                filter: telemetry/{tenant}/{device}/#
                topic: telemetry.{tenant}
                key: "{device}"
                headers: {tenant: "{tenant}"}
                qos-max: 1
              - {name: state, filter: "state/{device}", topic: state, key: "{device}"}
              - {name: hidden, filter: "hidden/#", topic: hidden, subscribe: false}
            egress:
              - {name: commands, topic: "commands.{tenant}", filter: "commands/{tenant}/{key}"}
            """;

    @TempDir
    Path folder = Path.of(".");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<SluiceConfig> runs = new ArrayList<>();

    @Nested
    final class Run {

        @ParameterizedTest
        @ValueSource(strings = {"run", ""})
        void delegatesTheConfiguration(String command) {
            String[] settings = {"--set", "drain.delay=1s"};
            int code = command.isEmpty() ? execute(settings) : execute(command, settings[0], settings[1]);

            assertThat(code).isEqualTo(7);
            assertThat(runs)
                    .singleElement()
                    .satisfies(config -> assertThat(config.drain().delay()).hasSeconds(1));
            assertThat(err.toString()).isEmpty();
        }

        @Test
        void aWrongConfigurationStartsNothing() {
            int code = execute("run", "--set", "drain.delay=1");

            assertThat(code).isEqualTo(2);
            assertThat(runs).isEmpty();
            assertThat(err.toString().lines())
                    .containsExactly(
                            "--set drain.delay: error: drain.delay: \"1\" (expected: a time such as 100ms, 5s, 10m, 2h"
                                    + " or 7d)",
                            "1 error, 0 warnings. Nothing was started.");
        }

        @Test
        void warningsDoNotStopIt() {
            assertThat(execute("--set", "listeners.mqtt.bind=0.0.0.0:1883")).isEqualTo(7);
            assertThat(err.toString()).contains("warning: listeners.mqtt.bind: anyone who reaches");
        }
    }

    @Nested
    final class Check {

        @Test
        void saysPerRuleWhetherItIsReversible() throws IOException {
            assertThat(execute("check", "-c", rules())).isZero();

            assertThat(out.toString().lines())
                    .containsExactly(
                            "ingress[0] \"telemetry\": telemetry/{tenant}/{device}/# -> telemetry.{tenant}; not"
                                    + " reversible: neither Kafka topic nor key say #, so records of other programs"
                                    + " need the header mqtt.topic",
                            "ingress[1] \"state\": state/{device} -> state; reversible",
                            "ingress[2] \"hidden\": hidden/# -> hidden; not readable by subscribers (subscribe: false)",
                            "egress[0] \"commands\": commands.{tenant} -> commands/{tenant}/{key}",
                            "No problems.");
        }

        @Test
        void problemsAreOneWarningsOnlyStrictly() {
            String open = "listeners.mqtt.bind=0.0.0.0:1883";

            assertThat(execute("check", "--set", "drain.delay=1")).isEqualTo(1);
            assertThat(out.toString()).endsWith("1 error, 0 warnings." + System.lineSeparator());
            assertThat(execute("check", "--set", open)).isZero();
            assertThat(execute("check", "--strict", "--set", open)).isEqualTo(1);
        }

        @Test
        void jsonIsForPrograms() {
            assertThat(execute("check", "-o", "json", "--set", "drain.delay=\""))
                    .isEqualTo(1);

            assertThat(out.toString().strip())
                    .isEqualTo("{\"ok\":false,\"problems\":[{\"severity\":\"error\",\"source\":\"--set drain.delay\","
                            + "\"line\":0,\"column\":0,\"path\":\"drain.delay\",\"message\":\"\\\"\\\"\\\" (expected: a"
                            + " time such as 100ms, 5s, 10m, 2h or 7d)\"}]}");
        }
    }

    @Nested
    final class CheckKafka {

        @Test
        void theEmbeddedOneIsNotStartedAndIsOneNode() {
            assertThat(execute("check", "--kafka")).isZero();
            assertThat(out.toString()).contains("kafka: embedded, one node").doesNotContain("would not start");
        }

        @Test
        void oneNodeIsLessThanStrictlyWanted() {
            assertThat(execute("check", "--kafka", "--set", "kafka.durability=strict"))
                    .isEqualTo(1);
            assertThat(out.toString().strip()).endsWith("kafka.durability is strict: Sluice would not start.");
        }

        @Test
        void aKafkaThatCannotBeAskedIsAProblem() {
            assertThat(execute(
                            "check",
                            "--kafka",
                            "-o",
                            "json",
                            "--set",
                            "kafka.bootstrap-servers=127.0.0.1:1",
                            "--set",
                            "kafka.properties.default.api.timeout.ms=500",
                            "--set",
                            "kafka.properties.request.timeout.ms=400"))
                    .isEqualTo(1);
            assertThat(out.toString())
                    .startsWith("{\"ok\":false,\"problems\":[],\"kafka\":[\"kafka: 127.0.0.1:1 cannot be asked: ");
        }
    }

    @Nested
    final class MapTopic {

        @Test
        void saysWhereATopicGoes() throws IOException {
            assertThat(execute("map", "telemetry/acme/d1/temp/in", "--client", "c1", "--qos", "2", "-c", rules()))
                    .isZero();

            assertThat(out.toString().lines())
                    .containsExactly(
                            "rule         telemetry (telemetry/{tenant}/{device}/# -> telemetry.{tenant})",
                            "capture      tenant = acme",
                            "capture      device = d1",
                            "kafka topic  telemetry.acme",
                            "key          d1",
                            "qos          1 (asked for 2, qos-max of the rule)",
                            "header       mqtt.topic: telemetry/acme/d1/temp/in",
                            "header       tenant: acme",
                            "header       mqtt.qos: 1",
                            "header       mqtt.retain: false",
                            "header       mqtt.client-id: c1",
                            "backwards    not reversible: neither Kafka topic nor key say #, so records of other"
                                    + " programs need the header mqtt.topic");
        }

        @Test
        void theDefaultRuleTakesTheFirstLevel() {
            assertThat(execute("map", "telemetry/acme/dev1/temp")).isZero();

            assertThat(out.toString()).contains("kafka topic  mqtt.telemetry").contains("key          telemetry/acme");
        }

        @Test
        void whatNoRuleTakesIsRefused() throws IOException {
            assertThat(execute("map", "other", "-c", rules())).isEqualTo(1);

            assertThat(out.toString()).startsWith("refused      NO_RULE");
        }

        @Test
        void aFilterSaysWhichKafkaTopicsItReads() throws IOException {
            assertThat(execute(
                            "map",
                            "telemetry/acme/+/temp",
                            "-c",
                            rules(),
                            "--kafka-topic",
                            "telemetry.acme",
                            "--kafka-topic",
                            "telemetry.other"))
                    .isZero();

            assertThat(out.toString().lines())
                    .containsExactly("reads        telemetry.acme", "passes over  telemetry.other");
        }

        @Test
        void backwardsFromARecord() throws IOException {
            assertThat(execute("map", "--reverse", "commands.acme", "--key", "d1", "-c", rules()))
                    .isZero();

            assertThat(out.toString().lines())
                    .containsExactly("rule         commands", "mqtt topic   commands/acme/d1", "qos          1");
        }

        @Test
        void aRecordThatNoRuleExposesIsSkipped() throws IOException {
            assertThat(execute("map", "--reverse", "hidden", "-c", rules())).isEqualTo(1);

            assertThat(out.toString()).startsWith("skipped      ");
        }

        @Test
        void eitherForwardsOrBackwards() {
            assertThat(execute("map")).isEqualTo(2);
            assertThat(execute("map", "a", "--reverse", "b")).isEqualTo(2);
        }
    }

    @Nested
    final class ShowConfig {

        @Test
        void eachValueHasItsOrigin() {
            assertThat(execute(
                            "config", "--set", "kafka.properties.sasl.jaas.config=secret", "--set", "drain.delay=1s"))
                    .isZero();

            assertThat(out.toString().lines())
                    .containsExactly(
                            "kafka.properties.sasl.jaas.config: ******  # --set kafka.properties.sasl.jaas.config",
                            "drain.delay: 1s  # --set drain.delay");
        }

        @Test
        void theEffectiveOneHasTheDefaultsToo() {
            assertThat(execute("config", "--effective")).isZero();

            assertThat(out.toString()).contains("mqtt.max-packet-size: 1MiB  # default");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "run", "check", "map", "config", "kafka-acls"})
    void everyCommandHelps(String command) {
        String[] help = command.isEmpty() ? new String[] {"--help"} : new String[] {command, "--help"};
        String[] version = command.isEmpty() ? new String[] {"--version"} : new String[] {command, "--version"};

        assertThat(execute(help)).isZero();
        assertThat(out.toString()).contains("Usage: sluice");
        assertThat(execute(version)).isZero();
        assertThat(out.toString()).contains("sluice 0.");
    }

    private String rules() throws IOException {
        return Files.writeString(folder.resolve("sluice.yaml"), RULES).toString();
    }

    private int execute(String... arguments) {
        CommandLine commandLine = SluiceCommand.commandLine(Map.of(), (config, sources) -> {
            runs.add(config);
            return 7;
        });
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments);
    }
}
