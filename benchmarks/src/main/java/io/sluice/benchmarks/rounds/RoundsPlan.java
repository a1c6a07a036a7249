package io.sluice.benchmarks.rounds;

import io.sluice.benchmarks.Arguments;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code rounds} was told to do. Immutable.
 *
 * @param sluiceJar the executable jar; Kafka is taken from it, too
 * @param workloads what to measure
 * @param rounds how often
 * @param warmupSeconds load on each server before the rounds of each workload
 * @param seconds of measuring, per server, round and workload
 * @param connections of the idle workload
 * @param java the options of the JVMs
 * @param docs the file whose table is replaced, or null for none
 * @param raw where the JSON lines go
 */
record RoundsPlan(
        Path sluiceJar,
        List<Workload> workloads,
        int rounds,
        int warmupSeconds,
        int seconds,
        int connections,
        JavaOptions java,
        @Nullable Path docs,
        Path raw) {

    /** The same heap for all; fixed, so that it does not grow while it is measured. */
    private static final String HEAP = "-Xms1g -Xmx1g";

    /** Options of the JVMs, each as on a command line. */
    record JavaOptions(List<String> sluice, List<String> floor, List<String> kafka) {}

    /**
     * Reads and checks a command line.
     *
     * @throws IllegalArgumentException with what was found and what was expected
     */
    static RoundsPlan parse(String[] args) {
        Arguments arguments = Arguments.parse(args, 0);
        String docs = arguments.text("docs", "");
        RoundsPlan plan = new RoundsPlan(
                Path.of(arguments.text("sluice", "bridge-app/target/sluice.jar")),
                Workload.parse(arguments.text("only", "")),
                arguments.number("rounds", 3, 1, 100),
                arguments.number("warmup", 10, 0, 120),
                arguments.number("seconds", 8, 1, 300),
                arguments.number("connections", 15_000, 1, 19_000),
                new JavaOptions(
                        options(arguments.text("java-options", HEAP)),
                        options(arguments.text("floor-java-options", HEAP)),
                        options(arguments.text("kafka-java-options", HEAP))),
                docs.isEmpty() ? null : Path.of(docs),
                Path.of(arguments.text("raw", "benchmarks/target/rounds.jsonl")));
        arguments.refuseUnread();
        if (!Files.isRegularFile(plan.sluiceJar)) {
            throw new IllegalArgumentException("--sluice: " + plan.sluiceJar + " (expected: Sluice's executable jar)");
        }
        if (plan.docs != null) {
            MarkedSection.check(plan.docs);
        }
        return plan;
    }

    private static List<String> options(String text) {
        return Arrays.stream(text.split("\\s+", -1))
                .filter(option -> !option.isEmpty())
                .toList();
    }
}
