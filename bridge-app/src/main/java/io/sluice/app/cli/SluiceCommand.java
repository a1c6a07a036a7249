package io.sluice.app.cli;

import io.sluice.app.BuildInfo;
import io.sluice.app.Runner;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sluice}: the same as {@code sluice run}, and the way to the other commands. */
@Command(
        name = "sluice",
        description = "A reactive MQTT bridge for Apache Kafka. Without a command it runs the server;"
                + " without configuration, with a Kafka of its own.",
        mixinStandardHelpOptions = true,
        versionProvider = SluiceCommand.Version.class,
        footer = {
            "",
            "Every key can be an environment variable: kafka.bootstrap-servers is SLUICE_KAFKA_BOOTSTRAP_SERVERS.",
            "Exit codes: 0 well, 1 problems found or the run failed, 2 wrong usage or configuration."
        })
public final class SluiceCommand implements Callable<Integer> {

    private final RunCommand run;

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private SluiceCommand(RunCommand run) {
        this.run = run;
    }

    /** The command line with these variables; {@code run} delegates to the runner. */
    public static CommandLine commandLine(Map<String, String> environment, Runner runner) {
        RunCommand run = new RunCommand(environment, runner);
        return new CommandLine(new SluiceCommand(run))
                .addSubcommand(run)
                .addSubcommand(new CheckCommand(environment))
                .addSubcommand(new MapCommand(environment))
                .addSubcommand(new ShowConfigCommand(environment))
                .addSubcommand(new KafkaAclsCommand(environment))
                .addSubcommand(new ProbeCommand(environment))
                .addSubcommand(new PasswdCommand(System.in))
                .setCaseInsensitiveEnumValuesAllowed(true)
                // A word with @ is a payload in a file, not a file of words.
                .setExpandAtFiles(false);
    }

    @Override
    public Integer call() {
        return run.run(options, spec.commandLine().getErr());
    }

    /** What {@code --version} prints. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            BuildInfo build = BuildInfo.current();
            return new String[] {
                "sluice " + build.version() + " (revision " + build.revision() + ", Java " + build.java() + ")"
            };
        }
    }
}
