package io.sluice.helm;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Prometheus' tool, where it is installed.
 *
 * @param exit 0 when it found nothing
 * @param output what it said
 */
record Promtool(int exit, String output) {

    static final Path TESTS = Path.of("src/test/prometheus/alerts.test.yaml");

    /** Runs it in a folder. */
    static Promtool run(Path folder, String... arguments) {
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Promtool(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** The test is skipped on a machine without it; CI installs it. */
    static void assumeInstalled() {
        boolean isInstalled;
        try {
            isInstalled = new ProcessBuilder("promtool", "--version").start().waitFor() == 0;
        } catch (IOException absent) {
            isInstalled = false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        assumeTrue(isInstalled, "promtool is not installed: apt-get install prometheus");
    }

    /** The tests of the alerts. */
    static List<Map<String, Object>> tests() {
        return Yaml.list(Objects.requireNonNull(Yaml.map(TESTS).get("tests"))).stream()
                .map(Yaml::asMap)
                .toList();
    }

    /** Puts the rules that a chart renders, and the tests of them, into a folder. */
    static void write(Path folder, Manifest rule) {
        Chart.write(folder.resolve("alerts.yaml"), new Gson().toJson(rule.map("spec")));
        try {
            Files.copy(TESTS, folder.resolve(TESTS.getFileName()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
