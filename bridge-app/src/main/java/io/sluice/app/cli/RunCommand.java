package io.sluice.app.cli;

import io.sluice.app.Runner;
import io.sluice.app.config.LoadedConfig;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sluice run}: starts the server, when the configuration is right. */
@Command(
        name = "run",
        description = "Starts the server.",
        mixinStandardHelpOptions = true,
        versionProvider = SluiceCommand.Version.class)
final class RunCommand implements Callable<Integer> {

    private final Map<String, String> environment;
    private final Runner runner;

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    RunCommand(Map<String, String> environment, Runner runner) {
        this.environment = environment;
        this.runner = runner;
    }

    @Override
    public Integer call() {
        return run(options, spec.commandLine().getErr());
    }

    int run(ConfigOptions chosen, PrintWriter err) {
        LoadedConfig loaded = chosen.load(environment, false);
        if (!loaded.isUsable()) {
            ConfigOptions.report(err, loaded.problems(), " Nothing was started.");
            return ExitCode.USAGE;
        }
        loaded.problems().forEach(err::println);
        err.flush();
        return runner.run(loaded.usable(), chosen.sources(environment, false));
    }
}
