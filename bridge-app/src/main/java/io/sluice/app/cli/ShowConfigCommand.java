package io.sluice.app.cli;

import io.sluice.app.config.ConfigEntry;
import io.sluice.app.config.LoadedConfig;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice config}: every value with who said it. */
@Command(
        name = "config",
        description = "Prints each value that is set with its origin; secrets are masked.",
        mixinStandardHelpOptions = true,
        versionProvider = SluiceCommand.Version.class)
final class ShowConfigCommand implements Callable<Integer> {

    private final Map<String, String> environment;

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Option(names = "--effective", description = "The defaults too: everything that is in force.")
    private boolean effective;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    ShowConfigCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        LoadedConfig loaded = options.load(environment, false);
        PrintWriter out = spec.commandLine().getOut();
        for (ConfigEntry entry : loaded.entries()) {
            if (effective || !entry.place().isDefault()) {
                out.println(entry.path() + ": " + entry.text() + "  # " + entry.place());
            }
        }
        out.flush();
        if (!loaded.isUsable()) {
            ConfigOptions.report(spec.commandLine().getErr(), loaded.problems(), "");
            return ExitCode.SOFTWARE;
        }
        return ExitCode.OK;
    }
}
