package io.sluice.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.app.config.LoadedConfig;
import io.sluice.app.config.SluiceConfig;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice map}: what the rules make of a topic, without a server. */
@Command(
        name = "map",
        description = {
            "Says what the rules make of an MQTT topic: rule, captures, Kafka topic, key and headers.",
            "With wildcards it is a subscription's filter: which of the Kafka topics given by --kafka-topic it reads.",
            "With --reverse: what a record of another program in a Kafka topic is to subscribers."
        },
        mixinStandardHelpOptions = true,
        versionProvider = SluiceCommand.Version.class)
final class MapCommand implements Callable<Integer> {

    private final Map<String, String> environment;

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Parameters(index = "0", arity = "0..1", paramLabel = "TOPIC", description = "MQTT topic name or filter.")
    private @Nullable String topic;

    @Option(names = "--client", paramLabel = "ID", description = "The publisher's client id.")
    private @Nullable String client;

    @Option(names = "--qos", paramLabel = "QOS", description = "0, 1 or 2; 1 when not given.")
    private int qos = 1;

    @Option(names = "--reverse", paramLabel = "KAFKA-TOPIC", description = "From Kafka to MQTT instead.")
    private @Nullable String reverse;

    @Option(names = "--key", paramLabel = "KEY", description = "With --reverse: the record's key.")
    private @Nullable String key;

    @Option(
            names = "--kafka-topic",
            paramLabel = "KAFKA-TOPIC",
            description = "For a filter: a Kafka topic to try; may be given several times.")
    private String[] kafkaTopics = {};

    @Spec
    private CommandSpec spec = CommandSpec.create();

    MapCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        if ((topic == null) == (reverse == null)) {
            throw new ParameterException(spec.commandLine(), "expected: either TOPIC or --reverse KAFKA-TOPIC");
        }
        if (qos < 0 || qos > 2) {
            throw new ParameterException(spec.commandLine(), "--qos: " + qos + " (expected: 0, 1 or 2)");
        }
        LoadedConfig loaded = options.load(environment, false);
        if (!loaded.isUsable()) {
            ConfigOptions.report(spec.commandLine().getErr(), loaded.problems(), "");
            return ExitCode.USAGE;
        }
        PrintWriter out = spec.commandLine().getOut();
        boolean mapped = print(new MapReport(loaded.usable(), out), loaded.usable());
        out.flush();
        return mapped ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private boolean print(MapReport report, SluiceConfig config) {
        if (reverse != null) {
            return report.reverse(reverse, key == null ? null : key.getBytes(UTF_8));
        }
        String text = String.valueOf(topic);
        boolean isFilter = text.contains("+") || text.contains("#");
        return isFilter ? report.filter(text, kafkaTopics, config) : report.publish(text, client, qos);
    }
}
