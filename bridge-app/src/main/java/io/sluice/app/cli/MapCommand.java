package io.sluice.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.app.config.LoadedConfig;
import io.sluice.app.config.SluiceConfig;
import io.sluice.mqtt.auth.Action;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
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

    @Mixin
    private AccessOptions access = new AccessOptions();

    @Option(names = "--qos", paramLabel = "QOS", description = "0, 1 or 2; 1 when not given.")
    private int qos = 1;

    @Option(
            names = "--payload",
            paramLabel = "TEXT|@FILE",
            description = "What the rule's format makes of this payload; asks the schema registry.")
    private @Nullable String payload;

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
        if (reverse == null && loaded.usable().authorizationRules().isPresent()) {
            printAccess(loaded, String.valueOf(topic), out);
        }
        boolean mapped = print(new MapReport(loaded.usable(), out), loaded.usable());
        out.flush();
        return mapped ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private boolean print(MapReport report, SluiceConfig config) {
        if (reverse != null) {
            return report.reverse(reverse, key == null ? null : key.getBytes(UTF_8));
        }
        String text = String.valueOf(topic);
        if (isFilter(text)) {
            return report.filter(text, kafkaTopics, config);
        }
        Payload given = payload();
        boolean isMapped = report.publish(text, access.clientId(), qos);
        return isMapped && (given == null || report.format(config, text, access.clientId(), given));
    }

    private @Nullable Payload payload() {
        if (payload == null || !payload.startsWith("@")) {
            return payload == null ? null : Payload.of(payload);
        }
        try {
            return Payload.wrap(Files.readAllBytes(Path.of(payload.substring(1))));
        } catch (IOException | InvalidPathException e) {
            throw new ParameterException(spec.commandLine(), "--payload: " + payload + " cannot be read", e);
        }
    }

    private static boolean isFilter(String text) {
        return text.contains("+") || text.contains("#");
    }

    /** What the rules of who may do what say; the mapping is shown in any case. */
    private void printAccess(LoadedConfig loaded, String text, PrintWriter out) {
        Action action = isFilter(text) ? Action.SUBSCRIBE : Action.PUBLISH;
        if ((action == Action.SUBSCRIBE ? TopicFilter.problem(text) : TopicName.problem(text)) != null) {
            return;
        }
        try {
            AccessAnswer answer = AccessAnswer.ask(loaded, access.client(loaded.usable()), action, text);
            out.printf("%-12s %s by %s%n", "access", answer.verdict(), answer.reason());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
