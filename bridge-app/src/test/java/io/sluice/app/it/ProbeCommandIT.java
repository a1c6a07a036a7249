package io.sluice.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.app.cli.SluiceCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

@ExtendWith(SluiceExtension.class)
final class ProbeCommandIT {

    @TempDir
    Path folder = Path.of(".");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void readsTheRecordBackFromKafkaForEachListener(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();

        int code = execute(externalKafka(sluice, "it"), topic, tcp(sluice), ws(sluice));

        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString().lines().toList())
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo(topic + " goes to the Kafka topic it by rule tests"),
                        line -> assertThat(line).startsWith(tcp(sluice) + " acknowledged 49 bytes after "),
                        line -> assertThat(line)
                                .matches(tcp(sluice)
                                        + " record read back from it, partition \\d, offset \\d+, after \\d+ ms"),
                        line -> assertThat(line).startsWith(ws(sluice) + " acknowledged 49 bytes after "),
                        line -> assertThat(line).startsWith(ws(sluice) + " record read back from it, partition "));
    }

    /** The first publish makes the topic: there is none when the search begins. */
    @Test
    void findsTheFirstRecordOfATopic(RunningSluice sluice) throws IOException {
        String site = sluice.unique("site");
        String rules = """
                kafka: {bootstrap-servers: "%s"}
                ingress:
                  - {name: readings, filter: "readings/{site}/#", topic: "readings.{site}"}
                """.formatted(sluice.bootstrapServers());

        int code = execute(rules, "readings/" + site + "/a", tcp(sluice));

        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString()).contains("record read back from readings." + site + ", partition 0, offset 0,");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mqtt", "ws"})
    void readsBackBySubscriptionWhereKafkaIsEmbedded(String scheme, RunningSluice sluice) throws IOException {
        String rules = "ingress: [{name: tests, filter: \"it/#\", topic: it}]\n";

        int code = execute(rules, sluice.topic(), scheme.equals("ws") ? ws(sluice) : tcp(sluice));

        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString()).contains(" bytes, and read back from the embedded Kafka by a subscription, after ");
    }

    /** The server's rules are others than those of the probe: acknowledged, but not where it is looked for. */
    @Test
    void aRecordThatIsNotThereIsAFailure(RunningSluice sluice) throws IOException {
        int code = execute(externalKafka(sluice, "elsewhere"), sluice.topic(), "--timeout", "1", tcp(sluice));

        assertThat(code).isEqualTo(1);
        assertThat(out.toString()).contains(tcp(sluice) + " acknowledged");
        assertThat(err.toString())
                .contains(tcp(sluice) + " failed: acknowledged, but the record is not in elsewhere after 1 s");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mqtt", "ws"})
    void whoDoesNotListenIsAFailure(String scheme, RunningSluice sluice) throws IOException {
        int port = freePort();

        int code = execute(externalKafka(sluice, "it"), sluice.topic(), scheme + "://127.0.0.1:" + port, tcp(sluice));

        assertThat(code).isEqualTo(1);
        assertThat(err.toString()).startsWith(scheme + "://127.0.0.1:" + port + " failed: ");
        assertThat(out.toString()).as("the other listener").contains(tcp(sluice) + " record read back");
    }

    @Test
    void aPathThatIsNoWebSocketIsAFailure(RunningSluice sluice) throws IOException {
        int code = execute(externalKafka(sluice, "it"), sluice.topic(), ws(sluice) + "/other");

        assertThat(code).isEqualTo(1);
        assertThat(err.toString()).startsWith(ws(sluice) + "/other failed: ");
    }

    @Test
    void aTopicThatNoRuleMapsIsSaid(RunningSluice sluice) throws IOException {
        int code = execute(externalKafka(sluice, "it"), "other/topic", tcp(sluice));

        assertThat(code).isEqualTo(1);
        assertThat(err.toString())
                .startsWith("other/topic: ")
                .contains("(expected: a topic that a rule maps, --topic)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mqtts://127.0.0.1:8883", "127.0.0.1:1883", "mqtt://127.0.0.1"})
    void aUrlThatIsNoneOfOursIsWrongUsage(String url, RunningSluice sluice) throws IOException {
        int code = execute(externalKafka(sluice, "it"), sluice.topic(), url);

        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains(url);
    }

    private int execute(String config, String topic, String... others) throws IOException {
        Path file = Files.writeString(folder.resolve("sluice.yaml"), config);
        CommandLine commandLine = SluiceCommand.commandLine(Map.of(), (started, sources) -> {
            throw new AssertionError("started");
        });
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        List<String> arguments = new ArrayList<>(List.of("probe", "-c", file.toString(), "--topic", topic));
        arguments.addAll(List.of(others));
        return commandLine.execute(arguments.toArray(String[]::new));
    }

    private static String externalKafka(RunningSluice sluice, String kafkaTopic) {
        return """
                kafka: {bootstrap-servers: "%s"}
                ingress: [{name: tests, filter: "it/#", topic: "%s"}]
                """.formatted(sluice.bootstrapServers(), kafkaTopic);
    }

    private static String tcp(RunningSluice sluice) {
        return "mqtt://127.0.0.1:" + sluice.tcpPort();
    }

    private static String ws(RunningSluice sluice) {
        return "ws://127.0.0.1:" + sluice.wsPort() + "/mqtt";
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
