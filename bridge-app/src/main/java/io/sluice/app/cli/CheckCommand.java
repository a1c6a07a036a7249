package io.sluice.app.cli;

import io.sluice.app.JsonText;
import io.sluice.app.config.ConfigProblem;
import io.sluice.app.config.LoadedConfig;
import io.sluice.app.runtime.KafkaCheck;
import io.sluice.app.runtime.SchemaCheck;
import io.sluice.mqtt.auth.Action;
import io.sluice.mqtt.auth.Client;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice check}: says what is wrong with a configuration, and starts nothing. */
@Command(
        name = "check",
        description = {
            "Checks the configuration and says per rule whether it can be read backwards, with --kafka what Kafka"
                    + " guarantees, and with --registry whether the rule's schema is there. Starts nothing.",
            "With ACTION and TOPIC: whether the client named by --as, --client, --group, --listener and --source may do"
                    + " that, and by which rule; exit code 0 when it may, 1 when it may not."
        },
        mixinStandardHelpOptions = true,
        versionProvider = SluiceCommand.Version.class)
final class CheckCommand implements Callable<Integer> {

    /** How the result is written. */
    enum Output {
        TEXT,
        JSON
    }

    private final Map<String, String> environment;

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Option(names = "--strict", description = "Warnings count as errors.")
    private boolean strict;

    @Option(
            names = "--kafka",
            description = "Asks Kafka, too: says per rule what its topics guarantee, and which are missing.")
    private boolean kafka;

    @Option(
            names = "--registry",
            description = "Asks the schema registry, too: says per rule which schema it has, and what is missing or"
                    + " incompatible. Registers nothing.")
    private boolean registry;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "text or json; text when not given.")
    private Output output = Output.TEXT;

    @Mixin
    private AccessOptions access = new AccessOptions();

    @Parameters(index = "0", arity = "0..1", paramLabel = "ACTION", description = "publish, subscribe, retain or will.")
    private @Nullable Action action;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "TOPIC",
            description = "MQTT topic, or filter to subscribe to.")
    private @Nullable String topic;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    CheckCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        LoadedConfig loaded = options.load(environment, strict);
        if (action != null || access.isGiven()) {
            return answer(loaded);
        }
        PrintWriter out = spec.commandLine().getOut();
        KafkaCheck.Result asked = kafka && loaded.isUsable()
                ? KafkaCheck.of(loaded.usable())
                : new KafkaCheck.Result(List.of(), false, false);
        SchemaCheck.Result schemas = registry && loaded.isUsable()
                ? SchemaCheck.of(loaded.usable())
                : new SchemaCheck.Result(List.of(), true);
        boolean isRefused = asked.isRefused() || (strict && asked.isWeaker());
        boolean well = loaded.isUsable()
                && !isRefused
                && schemas.isWell()
                && (!strict || loaded.problems().isEmpty());
        switch (output) {
            case TEXT -> printText(out, loaded, asked, schemas);
            case JSON -> out.println(json(loaded.problems(), asked, schemas, well));
        }
        out.flush();
        return well ? 0 : 1;
    }

    private int answer(LoadedConfig loaded) {
        if (action == null || topic == null) {
            throw new ParameterException(spec.commandLine(), "expected: ACTION TOPIC, e.g. publish a/b");
        }
        if (!loaded.isUsable()) {
            ConfigOptions.report(spec.commandLine().getErr(), loaded.problems(), "");
            return ExitCode.USAGE;
        }
        PrintWriter out = spec.commandLine().getOut();
        try {
            Client client = access.client(loaded.usable());
            AccessAnswer answer = AccessAnswer.ask(loaded, client, action, topic);
            if (output == Output.JSON) {
                out.println(answer.json());
            } else {
                out.printf("%-12s %s %s%n", answer.verdict(), action.id(), topic);
                out.printf("%-12s %s%n", "client", AccessOptions.shown(client));
                out.printf("%-12s %s%n", "rule", answer.reason());
            }
            out.flush();
            return answer.decision().allowed() ? ExitCode.OK : ExitCode.SOFTWARE;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private static void printText(
            PrintWriter out, LoadedConfig loaded, KafkaCheck.Result asked, SchemaCheck.Result schemas) {
        ConfigOptions.report(out, loaded.problems(), "");
        if (loaded.isUsable()) {
            RuleReport.lines(loaded.usable()).forEach(out::println);
        }
        asked.lines().forEach(out::println);
        schemas.lines().forEach(out::println);
        if (loaded.problems().isEmpty() && !asked.isWeaker() && schemas.isWell()) {
            out.println("No problems.");
        }
    }

    private String json(
            List<ConfigProblem> problems, KafkaCheck.Result asked, SchemaCheck.Result schemas, boolean well) {
        String items = problems.stream().map(CheckCommand::json).collect(Collectors.joining(","));
        return "{\"ok\":" + well + ",\"problems\":[" + items + "]"
                + (kafka ? ",\"kafka\":[" + quoted(asked.lines()) + "]" : "")
                + (registry ? ",\"registry\":[" + quoted(schemas.lines()) + "]" : "") + "}";
    }

    private static String quoted(List<String> lines) {
        return lines.stream().map(JsonText::quoted).collect(Collectors.joining(","));
    }

    private static String json(ConfigProblem problem) {
        return "{\"severity\":" + JsonText.quoted(problem.error() ? "error" : "warning")
                + ",\"source\":" + JsonText.quoted(problem.place().source())
                + ",\"line\":" + problem.place().line()
                + ",\"column\":" + problem.place().column()
                + ",\"path\":" + JsonText.quoted(problem.path())
                + ",\"message\":" + JsonText.quoted(problem.message()) + "}";
    }
}
