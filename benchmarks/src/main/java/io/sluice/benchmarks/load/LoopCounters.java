package io.sluice.benchmarks.load;

import org.HdrHistogram.Histogram;

/** What the clients of one event loop counted. Confined to that loop; read elsewhere only after the loop has ended. */
final class LoopCounters {

    /** Latencies are kept in microseconds, from 1 µs to 10 min, to three digits. */
    static final long LATENCY_MICROS_MAX = 600_000_000;

    final Histogram latencyMicros = new Histogram(LATENCY_MICROS_MAX, 3);
    boolean measuring;
    long sent;
    long acknowledged;
    long refused;
    long received;
    long foreign;
    long connectionsLost;

    /** The totals so far. */
    record Totals(long sent, long acknowledged, long received) {
        static final Totals ZERO = new Totals(0, 0, 0);

        Totals plus(Totals other) {
            return new Totals(sent + other.sent, acknowledged + other.acknowledged, received + other.received);
        }

        Totals minus(Totals other) {
            return new Totals(sent - other.sent, acknowledged - other.acknowledged, received - other.received);
        }
    }

    /** Starts or ends measuring, and says what was counted up to here. */
    Totals measure(boolean on) {
        measuring = on;
        return new Totals(sent, acknowledged, received);
    }

    void recordLatency(long nanos) {
        if (measuring) {
            latencyMicros.recordValue(Math.min(Math.max(nanos / 1_000, 0), LATENCY_MICROS_MAX));
        }
    }
}
