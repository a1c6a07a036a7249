package io.sluice.app.cli;

import io.sluice.app.JsonText;
import io.sluice.app.config.ConfigProblem;
import io.sluice.app.config.LoadedConfig;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice check}: says what is wrong with a configuration, and starts nothing. */
@Command(
        name = "check",
        description = "Checks the configuration and says per rule whether it can be read backwards. Starts nothing.",
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
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "text or json; text when not given.")
    private Output output = Output.TEXT;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    CheckCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        LoadedConfig loaded = options.load(environment, strict);
        PrintWriter out = spec.commandLine().getOut();
        boolean well = loaded.isUsable() && (!strict || loaded.problems().isEmpty());
        switch (output) {
            case TEXT -> printText(out, loaded);
            case JSON -> out.println(json(loaded.problems(), well));
        }
        out.flush();
        return well ? 0 : 1;
    }

    private static void printText(PrintWriter out, LoadedConfig loaded) {
        ConfigOptions.report(out, loaded.problems(), "");
        if (loaded.isUsable()) {
            RuleReport.lines(loaded.usable()).forEach(out::println);
        }
        if (loaded.problems().isEmpty()) {
            out.println("No problems.");
        }
    }

    private static String json(List<ConfigProblem> problems, boolean well) {
        String items = problems.stream().map(CheckCommand::json).collect(Collectors.joining(","));
        return "{\"ok\":" + well + ",\"problems\":[" + items + "]}";
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
