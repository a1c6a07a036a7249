package io.sluice.app.cli;

import io.sluice.app.config.LoadedConfig;
import io.sluice.app.config.SluiceConfig;
import io.sluice.app.runtime.KafkaCheck;
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
import picocli.CommandLine.Spec;

/** {@code sluice kafka-acls}: what Kafka has to allow. */
@Command(
        name = "kafka-acls",
        description =
                "Prints the commands that give Sluice the rights in Kafka that the configuration needs, and no more;"
                        + " with --strimzi a KafkaUser instead.",
        mixinStandardHelpOptions = true,
        versionProvider = SluiceCommand.Version.class)
final class KafkaAclsCommand implements Callable<Integer> {

    private final Map<String, String> environment;

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Option(
            names = "--principal",
            paramLabel = "PRINCIPAL",
            description = "Whose rights: User:sluice, or a name alone; User:sluice when not given.")
    private String principal = "User:sluice";

    @Option(
            names = "--strimzi",
            arity = "0..1",
            fallbackValue = "my-cluster",
            paramLabel = "CLUSTER",
            description = "A KafkaUser for kubectl apply, of this cluster of Strimzi's; my-cluster when not named.")
    private @Nullable String strimzi;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    KafkaAclsCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        if (principal.isBlank() || principal.chars().anyMatch(Character::isISOControl)) {
            throw new ParameterException(spec.commandLine(), "--principal: expected: a principal such as User:sluice");
        }
        LoadedConfig loaded = options.load(environment, false);
        if (!loaded.isUsable()) {
            ConfigOptions.report(spec.commandLine().getErr(), loaded.problems(), "");
            return ExitCode.USAGE;
        }
        SluiceConfig config = loaded.usable();
        String who = principal.indexOf(':') < 0 ? "User:" + principal : principal;
        KafkaAcls acls = new KafkaAcls(KafkaCheck.neededRights(config), config);
        PrintWriter out = spec.commandLine().getOut();
        (strimzi == null ? acls.commands(who) : acls.kafkaUser(who, strimzi)).forEach(out::println);
        out.flush();
        return ExitCode.OK;
    }
}
