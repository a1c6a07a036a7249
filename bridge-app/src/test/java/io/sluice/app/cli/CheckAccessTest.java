package io.sluice.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code sluice check --as USER ACTION TOPIC}, and the verdict in {@code sluice map}. */
final class CheckAccessTest {

    private static final String RULES = """
            authorization:
              - {deny: retain, topic: "telemetry/#", source: 203.0.113.0/24}
              - {allow: publish, topic: "telemetry/acme/%c/#"}
              - {allow: subscribe, topic: "commands/acme/%c/#", listener: mqtt}
              - {allow: [publish, subscribe], topic: "#", group: operators}
            """;

    @TempDir
    Path folder = Path.of(".");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void anAllowedActionNamesItsRuleWithTextAndLine() throws IOException {
        String file = rules();

        assertThat(check(file, "--as", "acme", "--client", "d1", "publish", "telemetry/acme/d1/t"))
                .isZero();

        assertThat(out.toString().lines())
                .containsExactly(
                        "allowed      publish telemetry/acme/d1/t",
                        "client       user acme, client id d1, listener mqtt, from an unknown address",
                        "rule         authorization[1] {allow: publish, topic: \"telemetry/acme/%c/#\"} (" + file
                                + ":3:13)");
    }

    @Test
    void aDeniedOneIsExitCodeOne() throws IOException {
        String file = rules();

        assertThat(check(file, "--client", "d1", "publish", "telemetry/acme/d2/t"))
                .isEqualTo(1);
        assertThat(out.toString()).contains("denied       publish").contains("rule         no rule");
        assertThat(check(file, "--client", "d1", "subscribe", "commands/acme/#"))
                .isEqualTo(1);
        assertThat(out.toString()).contains("no rule for all of it; a part: authorization[2]");
        assertThat(check(file, "--client", "#", "publish", "telemetry/acme/d1")).isEqualTo(1);
    }

    @Test
    void everyConditionCanBeSaid() throws IOException {
        String file = rules();

        assertThat(check(file, "--as", "ann", "--group", "operators", "subscribe", "commands/#"))
                .isZero();
        assertThat(check(file, "--client", "d1", "--listener", "mqtt", "subscribe", "commands/acme/d1/#"))
                .isZero();
        assertThat(check(file, "--client", "d1", "--listener", "ws", "subscribe", "commands/acme/d1/#"))
                .isEqualTo(1);
        assertThat(check(file, "--client", "d1", "--source", "198.51.100.7", "retain", "telemetry/acme/d1"))
                .isZero();
        assertThat(check(file, "--client", "d1", "--source", "203.0.113.7", "retain", "telemetry/acme/d1"))
                .isEqualTo(1);
        assertThat(check(file, "--client", "d1", "--source", "203.0.113.7", "will", "telemetry/acme/d1"))
                .isZero();
    }

    @Test
    void jsonIsForPrograms() throws IOException {
        String file = rules();

        assertThat(check(
                        file, "-o", "json", "--client", "d1", "--source", "203.0.113.7", "retain", "telemetry/acme/d1"))
                .isEqualTo(1);

        assertThat(out.toString().strip())
                .isEqualTo("{\"allowed\":false,\"action\":\"retain\",\"rule\":\"authorization[0]\",\"text\":\"{deny:"
                        + " retain, topic: \\\"telemetry/#\\\", source: \\\"203.0.113.0/24\\\"}\",\"source\":\"" + file
                        + "\",\"line\":2,\"column\":12}");
    }

    @Test
    void withoutRulesEverythingIsAllowed() {
        assertThat(execute("check", "publish", "a")).isZero();

        assertThat(out.toString()).contains("allowed      publish a").contains("rule         no rules");
    }

    @Test
    void wrongQuestionsAreUsage() throws IOException {
        String file = rules();

        for (List<String> question : List.of(
                List.of("--as", "ann"),
                List.of("publish"),
                List.of("pubish", "a"),
                List.of("publish", "a/#"),
                List.of("subscribe", "a/#/b"),
                List.of("publish", "a", "--listener", "none"),
                List.of("publish", "a", "--source", "localhost"))) {
            assertThat(check(file, question.toArray(new String[0])))
                    .as(question.toString())
                    .isEqualTo(2);
        }
        assertThat(execute("check", "publish", "a", "--set", "drain.delay=1")).isEqualTo(2);
    }

    @Test
    void theMapShowsTheVerdictToo() throws IOException {
        String file = rules();

        assertThat(execute("map", "telemetry/acme/d1/t", "--user", "acme", "--client", "d1", "-c", file))
                .isZero();
        assertThat(out.toString())
                .startsWith("access       allowed by authorization[1] {allow: publish,")
                .contains("kafka topic  mqtt.telemetry")
                .contains("mqtt.client-id: d1");
        assertThat(execute("map", "commands/#", "--client", "d1", "-c", file)).isZero();
        assertThat(out.toString()).contains("access       denied by no rule");
    }

    private String rules() throws IOException {
        return Files.writeString(folder.resolve("sluice.yaml"), RULES).toString();
    }

    private int check(String file, String... question) {
        List<String> arguments = new ArrayList<>(List.of("check", "-c", file));
        arguments.addAll(List.of(question));
        return execute(arguments.toArray(new String[0]));
    }

    private int execute(String... arguments) {
        CommandLine commandLine = SluiceCommand.commandLine(Map.of(), (config, sources) -> 0);
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments);
    }
}
