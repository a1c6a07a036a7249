package io.sluice.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class LoadReportingTest {

    @Test
    void jsonIsOneLineInTheOrderOfThePuts() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("text", "a\"b\\c\n");
        json.put("list", List.of(1, Map.of("x", true)));
        json.put("double", 1.23456);
        json.put("nan", Double.NaN);

        assertThat(JsonLine.of(json))
                .isEqualTo("{\"text\":\"a\\\"b\\\\c\\u000a\",\"list\":[1,{\"x\":true}],\"double\":1.235,\"nan\":null}");
    }

    @Test
    void percentilesAreInMilliseconds() {
        Histogram micros = new Histogram(LoopCounters.LATENCY_MICROS_MAX, 3);
        for (int i = 1; i <= 1_000; i++) {
            micros.recordValue(i * 1_000L);
        }

        Map<String, Double> summary = LatencySummary.of(micros);

        assertThat(summary.keySet()).containsExactly("p50", "p90", "p99", "p99.9", "max");
        assertThat(summary.get("p50")).isCloseTo(500.0, Offset.offset(1.0));
        assertThat(summary.get("p99")).isCloseTo(990.0, Offset.offset(1.0));
        assertThat(summary.get("max")).isCloseTo(1_000.0, Offset.offset(1.0));
    }

    @Test
    void nothingRecordedHasNoPercentiles() {
        assertThat(LatencySummary.of(new Histogram(1_000, 3))).isEmpty();
    }

    @Test
    void latenciesOutsideTheHistogramAreKeptAtItsEnds() {
        LoopCounters counters = new LoopCounters();
        counters.measure(true);
        long intended = System.nanoTime();

        counters.recordLatency(intended, intended + TimeUnit.HOURS.toNanos(1));
        counters.recordLatency(intended, intended - 1);

        assertThat(counters.latencyMicros.getTotalCount()).isEqualTo(2);
    }

    @Test
    void theIntendedTimeSaysWhetherALatencyIsMeasured() {
        LoopCounters counters = new LoopCounters();
        long before = System.nanoTime() - 1;
        counters.recordLatency(before, before);
        counters.measure(true);
        long within = System.nanoTime();
        counters.measure(false);
        long after = System.nanoTime() + 1;

        counters.recordLatency(before, after);
        counters.recordLatency(after, after + 1_000);
        counters.recordLatency(within, within + 5_000_000);

        assertThat(counters.latencyMicros.getTotalCount()).isEqualTo(1);
        assertThat(counters.latencyMicros.getMaxValue()).isBetween(4_990L, 5_010L);
    }

    @Test
    void cpuTimeIsReadBehindACommandWithBlanksAndParentheses() {
        String stat = "42 (a (b) c) S 1 42 42 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 1 0 100 1000 10";

        assertThat(ProcessCpu.parse(stat)).isEqualTo(3.0);
        assertThat(ProcessCpu.seconds(ProcessHandle.current().pid())).isPositive();
        assertThat(ProcessCpu.seconds(Long.MAX_VALUE)).isNaN();
    }
}
