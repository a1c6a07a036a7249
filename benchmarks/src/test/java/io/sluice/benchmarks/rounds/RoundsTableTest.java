package io.sluice.benchmarks.rounds;

import static io.sluice.benchmarks.rounds.Results.rate;
import static io.sluice.benchmarks.rounds.Results.result;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RoundsTableTest {

    private final RoundsTable table = new RoundsTable("How it was measured.");

    @Test
    void aWorkloadIsARowInEachTableThatItBelongsTo() {
        Comparison comparison = new Comparison(Workload.INGEST_QOS1);
        comparison.add(1, Server.SLUICE, rate(50_000));
        comparison.add(1, Server.FLOOR, rate(100_000));
        comparison.add(1, Server.MOSQUITTO, result(123_456, null, 0, 0));
        comparison.add(2, Server.SLUICE, rate(60_000));
        comparison.add(2, Server.FLOOR, rate(100_000));
        table.add(comparison);

        String markdown = table.markdown();

        assertThat(markdown)
                .startsWith("How it was measured.\n\nMessages per second")
                .contains(
                        """
                        | workload | Sluice | floor | mosquitto | Sluice / floor, each round | median |
                        |---|---|---|---|---|---|
                        | ingest QoS 1 | 55,000 | 100,000 | 123,000 | 0.50, 0.60 | 0.55 |
                        """,
                        "| ingest QoS 1 | 2.0 + 1.0 | 2.0 + 1.0 | 2.0 | 0.5, 0.5, 0.5 |\n",
                        "| ingest QoS 1 | 0, 0, 0 | 0, 0, 0 | – |\n")
                .doesNotContain("Latency", "Without load");
    }

    @Test
    void latenciesArePercentilesAndARatioOfTheMedian() {
        Comparison comparison = new Comparison(Workload.ROUNDTRIP_QOS1);
        comparison.add(1, Server.SLUICE, rate(250));
        comparison.add(1, Server.FLOOR, rate(500));
        table.add(comparison);

        assertThat(table.markdown())
                .contains("| 4.00 / 9.00 | 2.00 / 9.00 | – | 2.00 | 2.00 |")
                .doesNotContain("Messages per second");
    }

    @Test
    void whatIsNoLoadHasItsMedianAndItsRounds() {
        table.addSingle("start", List.of(2_000.0, 1_000.0, 3_000.0), "ms");

        assertThat(table.markdown()).contains("| start | 2,000 ms | 2,000, 1,000, 3,000 |");
    }

    @Test
    void countsHaveThreeDigitsThatCount() {
        assertThat(RoundsTable.count(131_499)).isEqualTo("131,000");
        assertThat(RoundsTable.count(1_234_567)).isEqualTo("1,230,000");
        assertThat(RoundsTable.count(999.6)).isEqualTo("1,000");
        assertThat(RoundsTable.count(42.4)).isEqualTo("42");
        assertThat(RoundsTable.count(0)).isEqualTo("0");
        assertThat(RoundsTable.count(-5)).isEqualTo("-5");
        assertThat(RoundsTable.count(Double.NaN)).isEqualTo("–");
    }
}
