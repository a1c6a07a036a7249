package io.sluice.app.cli;

import io.sluice.app.config.ConfigLoader;
import io.sluice.app.config.ConfigProblem;
import io.sluice.app.config.ConfigSources;
import io.sluice.app.config.LoadedConfig;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Where a command takes its configuration from. Filled by picocli. */
final class ConfigOptions {

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "YAML file; may be given several times, the later wins.")
    private List<String> files = List.of();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "One value, e.g. --set kafka.bootstrap-servers=kafka:9092; over files and environment.")
    private Map<String, String> settings = new LinkedHashMap<>();

    LoadedConfig load(Map<String, String> environment, boolean strict) {
        return ConfigLoader.load(sources(environment, strict));
    }

    ConfigSources sources(Map<String, String> environment, boolean strict) {
        long heapBytes = Runtime.getRuntime().maxMemory();
        return new ConfigSources(files, environment, settings, strict, heapBytes);
    }

    /** Writes the problems, one a line, and their number. */
    static void report(PrintWriter out, List<ConfigProblem> problems, String ending) {
        problems.forEach(out::println);
        if (!problems.isEmpty()) {
            out.println(ConfigProblem.summary(problems) + ending);
        }
        out.flush();
    }
}
