package io.sluice.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class KafkaAclsCommandTest {

    private static final String RULES = """
            kafka:
              bootstrap-servers: kafka-1:9092,kafka-2:9092
              properties: {security.protocol: SASL_SSL}
            ingress:
              - {name: telemetry, filter: "telemetry/{tenant}/#", topic: "telemetry.{tenant}"}
              - {name: state, filter: "state/+", topic: state, create: {enabled: false}}
              - {name: log, filter: "log/+", topic: log, subscribe: false, create: {enabled: false}}
            egress:
              - {name: commands, topic: "commands.{tenant}", filter: "commands/{tenant}/{key}"}
              - {name: back, topic: log, filter: "log/{key}"}
            """;

    @TempDir
    Path folder = Path.of(".");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void eachResourceHasACommandWithAsLittleAsWorks() throws IOException {
        assertThat(execute("-c", rules(RULES))).isZero();

        String begin =
                "kafka-acls.sh --bootstrap-server kafka-1:9092,kafka-2:9092 --add --allow-principal User:sluice ";
        assertThat(out.toString().lines())
                .containsExactly(
                        begin + "--operation Read --operation Write --operation Create --operation Describe"
                                + " --operation DescribeConfigs --topic telemetry. --resource-pattern-type prefixed",
                        begin + "--operation Read --operation Write --operation Describe --operation DescribeConfigs"
                                + " --topic state",
                        begin + "--operation Read --operation Write --operation Describe --operation DescribeConfigs"
                                + " --topic log",
                        begin + "--operation Read --operation Describe --operation DescribeConfigs --topic commands."
                                + " --resource-pattern-type prefixed",
                        begin + "--operation Read --operation Write --operation Create --operation Describe"
                                + " --operation DescribeConfigs --topic _sluice. --resource-pattern-type prefixed",
                        begin + "--operation Write --operation Describe --transactional-id _sluice-"
                                + " --resource-pattern-type prefixed",
                        begin + "--operation DescribeConfigs --cluster");
    }

    @Test
    void nothingIsCreatedWhereTopicsAreMadeByOthersButTheState() throws IOException {
        assertThat(execute("-c", rules(RULES), "--set", "kafka.topics.create=false"))
                .isZero();

        assertThat(out.toString().lines().filter(line -> line.contains("Create")))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("--topic _sluice. "));
    }

    @Test
    void aPrincipalIsQuotedForTheShell() throws IOException {
        assertThat(execute("-c", rules(RULES), "--principal", "bridge")).isZero();
        assertThat(execute("-c", rules(RULES), "--principal", "User:CN=o'b; rm -rf /,O=x"))
                .isZero();

        assertThat(out.toString())
                .contains("--allow-principal User:bridge ")
                .contains("--allow-principal 'User:CN=o'\\''b; rm -rf /,O=x' ");
        assertThat(execute("-c", rules(RULES), "--principal", "a\nb")).isEqualTo(2);
    }

    @Test
    void withoutConfigurationAnyTopicBelowItsPrefixIsMeant() {
        assertThat(execute()).isZero();

        assertThat(out.toString())
                .startsWith("# kafka.bootstrap-servers is not set: the embedded Kafka asks nobody for rights.")
                .contains("--bootstrap-server KAFKA:9092 ")
                .contains("--topic mqtt. --resource-pattern-type prefixed");
    }

    @Test
    void aTopicThatBeginsWithACaptureIsAnyTopicAndSaysSo() throws IOException {
        String rules = "ingress: [{name: any, filter: \"{tenant}/#\", topic: \"{tenant}.data\"}]\n";

        assertThat(execute("-c", rules(rules))).isZero();

        assertThat(out.toString())
                .contains("# A rule's topic begins with a capture")
                .contains(" --topic '*'");
    }

    @Test
    void strimziTakesAUser() throws IOException {
        assertThat(execute("-c", rules(RULES), "--strimzi", "my-cluster")).isZero();

        assertThat(out.toString()).isEqualToNormalizingNewlines("""
                apiVersion: kafka.strimzi.io/v1
                kind: KafkaUser
                metadata:
                  name: sluice
                  labels:
                    strimzi.io/cluster: "my-cluster"
                spec:
                  authentication:
                    type: scram-sha-512
                  authorization:
                    type: simple
                    acls:
                      - resource: {type: topic, name: "telemetry.", patternType: prefix}
                        operations: [Read, Write, Create, Describe, DescribeConfigs]
                      - resource: {type: topic, name: "state", patternType: literal}
                        operations: [Read, Write, Describe, DescribeConfigs]
                      - resource: {type: topic, name: "log", patternType: literal}
                        operations: [Read, Write, Describe, DescribeConfigs]
                      - resource: {type: topic, name: "commands.", patternType: prefix}
                        operations: [Read, Describe, DescribeConfigs]
                      - resource: {type: topic, name: "_sluice.", patternType: prefix}
                        operations: [Read, Write, Create, Describe, DescribeConfigs]
                      - resource: {type: transactionalId, name: "_sluice-", patternType: prefix}
                        operations: [Write, Describe]
                      - resource: {type: cluster}
                        operations: [DescribeConfigs]
                """);
    }

    private String rules(String yaml) throws IOException {
        return Files.writeString(folder.resolve("sluice.yaml"), yaml).toString();
    }

    private int execute(String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "kafka-acls";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        CommandLine commandLine = SluiceCommand.commandLine(Map.of(), (config, sources) -> 0);
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(all);
    }
}
