package io.sluice.benchmarks.rounds;

import io.sluice.benchmarks.load.LoadResult;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** All runs of one workload, and what they say together. Confined to one thread. */
final class Comparison {

    /** A run that did not go through: its numbers mean nothing. */
    private static final int FAILED = 3;

    private final Workload workload;
    private final List<Run> runs = new ArrayList<>();

    Comparison(Workload workload) {
        this.workload = workload;
    }

    private record Run(int round, Server server, LoadResult result) {}

    Workload workload() {
        return workload;
    }

    void add(int round, Server server, LoadResult result) {
        runs.add(new Run(round, server, result));
    }

    boolean has(Server server) {
        return runs.stream().anyMatch(run -> run.server() == server);
    }

    /** The median over the rounds that went through, NaN when there is none. */
    double median(Server server, ToDoubleFunction<LoadResult> value) {
        return Medians.of(runs.stream()
                .filter(run -> run.server() == server && wentThrough(run.result()))
                .map(run -> value.applyAsDouble(run.result()))
                .toList());
    }

    /** Sluice's value divided by the floor's, of each round in which both went through. */
    List<Double> ratios(ToDoubleFunction<LoadResult> value) {
        List<Double> ratios = new ArrayList<>();
        for (Run sluice : runs) {
            for (Run floor : runs) {
                boolean pair = sluice.server() == Server.SLUICE
                        && floor.server() == Server.FLOOR
                        && sluice.round() == floor.round();
                if (pair && wentThrough(sluice.result()) && wentThrough(floor.result())) {
                    ratios.add(value.applyAsDouble(sluice.result()) / value.applyAsDouble(floor.result()));
                }
            }
        }
        return ratios;
    }

    /** What was wrong in all rounds together; null when nobody could look. */
    LoadResult.@Nullable Checks checks(Server server) {
        LoadResult.Checks sum = null;
        for (Run run : runs) {
            LoadResult.Checks checks = run.result().checks();
            if (run.server() == server && checks != null) {
                sum = sum == null
                        ? checks
                        : new LoadResult.Checks(
                                sum.lost() + checks.lost(),
                                sum.duplicates() + checks.duplicates(),
                                sum.outOfOrder() + checks.outOfOrder());
            }
        }
        return sum;
    }

    /**
     * Why the result of Sluice and the floor cannot be used, in words: runs that did not go through, messages that were
     * lost, doubled or out of order, a rate that was not kept.
     */
    List<String> problems() {
        return runs.stream()
                .filter(run -> run.server().hasKafka())
                .flatMap(run -> problems(run).stream())
                .toList();
    }

    private List<String> problems(Run run) {
        String who =
                workload.id() + ", round " + run.round() + ", " + run.server().title() + ": ";
        List<String> problems = new ArrayList<>();
        LoadResult result = run.result();
        if (result.exitCode() != 0) {
            problems.add(who + "exit code " + result.exitCode() + " (expected: 0)");
        }
        if (result.unsent() > 0) {
            problems.add(who + result.unsent() + " messages not sent in time (expected: 0)");
        }
        LoadResult.Checks checks = result.checks();
        if (checks != null && (checks.lost() > 0 || checks.duplicates() > 0 || checks.outOfOrder() > 0)) {
            problems.add(who + checks.lost() + " lost, " + checks.duplicates() + " duplicates, " + checks.outOfOrder()
                    + " out of order (expected: none)");
        }
        return problems;
    }

    private static boolean wentThrough(LoadResult result) {
        return result.exitCode() != FAILED;
    }
}
