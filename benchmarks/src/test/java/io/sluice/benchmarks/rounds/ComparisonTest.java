package io.sluice.benchmarks.rounds;

import static io.sluice.benchmarks.rounds.Results.rate;
import static io.sluice.benchmarks.rounds.Results.result;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.benchmarks.load.LoadResult;
import org.junit.jupiter.api.Test;

class ComparisonTest {

    private final Comparison comparison = new Comparison(Workload.INGEST_QOS1);

    @Test
    void theRatioIsOfTheSameRound() {
        comparison.add(1, Server.SLUICE, rate(50));
        comparison.add(1, Server.FLOOR, rate(100));
        comparison.add(2, Server.SLUICE, rate(90));
        comparison.add(2, Server.FLOOR, rate(120));

        assertThat(comparison.ratios(LoadResult::perSecond)).containsExactly(0.5, 0.75);
        assertThat(comparison.problems()).isEmpty();
    }

    @Test
    void aRoundWithoutBothHasNoRatio() {
        comparison.add(1, Server.SLUICE, rate(50));
        comparison.add(2, Server.SLUICE, rate(50));
        comparison.add(2, Server.FLOOR, result(100, null, 0, 3));
        comparison.add(3, Server.SLUICE, rate(60));
        comparison.add(3, Server.FLOOR, rate(120));

        assertThat(comparison.ratios(LoadResult::perSecond)).containsExactly(0.5);
    }

    @Test
    void aRunThatDidNotGoThroughIsLeftOutOfTheMedianAndIsAProblem() {
        comparison.add(1, Server.SLUICE, rate(10));
        comparison.add(2, Server.SLUICE, result(1_000, Results.CLEAN, 0, 3));
        comparison.add(3, Server.SLUICE, rate(20));

        assertThat(comparison.median(Server.SLUICE, LoadResult::perSecond)).isEqualTo(15);
        assertThat(comparison.median(Server.FLOOR, LoadResult::perSecond)).isNaN();
        assertThat(comparison.problems()).containsExactly("ingest-qos1, round 2, Sluice: exit code 3 (expected: 0)");
    }

    @Test
    void whatIsLostDoubledOrLateIsAProblemAndIsAddedUp() {
        comparison.add(1, Server.SLUICE, result(10, new LoadResult.Checks(1, 0, 0), 0, 1));
        comparison.add(2, Server.SLUICE, result(10, new LoadResult.Checks(2, 3, 4), 5, 0));

        assertThat(comparison.checks(Server.SLUICE)).isEqualTo(new LoadResult.Checks(3, 3, 4));
        assertThat(comparison.problems())
                .containsExactly(
                        "ingest-qos1, round 1, Sluice: exit code 1 (expected: 0)",
                        "ingest-qos1, round 1, Sluice: 1 lost, 0 duplicates, 0 out of order (expected: none)",
                        "ingest-qos1, round 2, Sluice: 5 messages not sent in time (expected: 0)",
                        "ingest-qos1, round 2, Sluice: 2 lost, 3 duplicates, 4 out of order (expected: none)");
    }

    @Test
    void whatMosquittoLosesIsSaidAndNoProblemOfOurs() {
        comparison.add(1, Server.MOSQUITTO, result(10, new LoadResult.Checks(7, 0, 0), 0, 1));

        assertThat(comparison.checks(Server.MOSQUITTO)).isEqualTo(new LoadResult.Checks(7, 0, 0));
        assertThat(comparison.checks(Server.SLUICE)).isNull();
        assertThat(comparison.problems()).isEmpty();
    }
}
