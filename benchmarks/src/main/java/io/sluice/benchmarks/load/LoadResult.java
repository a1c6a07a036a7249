package io.sluice.benchmarks.load;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run found. Immutable.
 *
 * @param perSecond deliveries (fanout), acknowledgements, or messages sent (QoS 0 ingest)
 * @param toolCpuPerMillion CPU-seconds of this process per million of them
 * @param serverCpuPerMillion the same of each server process, in the order of the command line
 * @param p50Millis median latency
 * @param p99Millis 99th percentile
 * @param checks what was wrong, or null when nobody could look
 * @param unsent open loop: messages that were due and had no room in the window when it ended
 * @param exitCode as the load tool's
 * @param json everything
 */
public record LoadResult(
        double perSecond,
        double toolCpuPerMillion,
        List<Double> serverCpuPerMillion,
        double p50Millis,
        double p99Millis,
        @Nullable Checks checks,
        long unsent,
        int exitCode,
        Map<String, Object> json) {

    public LoadResult {
        serverCpuPerMillion = List.copyOf(serverCpuPerMillion);
    }

    /**
     * What subscribers or Kafka should have had otherwise.
     *
     * @param lost missing, of those acknowledged, or with QoS 0 of those sent
     * @param duplicates there more than once
     * @param outOfOrder after a later one of the same publisher
     */
    public record Checks(long lost, long duplicates, long outOfOrder) {}
}
