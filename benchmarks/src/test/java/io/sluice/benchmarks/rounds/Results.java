package io.sluice.benchmarks.rounds;

import io.sluice.benchmarks.load.LoadResult;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Results of runs, made up. */
final class Results {

    static final LoadResult.Checks CLEAN = new LoadResult.Checks(0, 0, 0);

    private Results() {}

    static LoadResult rate(double perSecond) {
        return result(perSecond, CLEAN, 0, 0);
    }

    static LoadResult result(double perSecond, LoadResult.@Nullable Checks checks, long unsent, int exitCode) {
        return new LoadResult(
                perSecond, 0.5, List.of(2.0, 1.0), 1_000 / perSecond, 9.0, checks, unsent, exitCode, Map.of());
    }
}
