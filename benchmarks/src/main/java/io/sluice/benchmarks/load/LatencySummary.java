package io.sluice.benchmarks.load;

import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** The percentiles that are reported, in ms. */
final class LatencySummary {

    private LatencySummary() {}

    /** The percentiles of a histogram in microseconds; empty when nothing was recorded. */
    static Map<String, Double> of(Histogram micros) {
        Map<String, Double> summary = new LinkedHashMap<>();
        if (micros.getTotalCount() == 0) {
            return summary;
        }
        summary.put("p50", millis(micros.getValueAtPercentile(50)));
        summary.put("p90", millis(micros.getValueAtPercentile(90)));
        summary.put("p99", millis(micros.getValueAtPercentile(99)));
        summary.put("p99.9", millis(micros.getValueAtPercentile(99.9)));
        summary.put("max", millis(micros.getMaxValue()));
        return summary;
    }

    private static double millis(long micros) {
        return micros / 1_000.0;
    }
}
