package io.sluice.benchmarks.load;

import org.HdrHistogram.Histogram;

/** What the clients of one event loop counted. Confined to that loop; read elsewhere only after the loop has ended. */
final class LoopCounters {

    /** Latencies are kept in microseconds, from 1 µs to 10 min, to three digits. */
    static final long LATENCY_MICROS_MAX = 600_000_000;

    final Histogram latencyMicros = new Histogram(LATENCY_MICROS_MAX, 3);
    private boolean measuring;
    private boolean measured;
    private long fromNanos;
    private long toNanos;
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
        measured = true;
        if (on) {
            fromNanos = System.nanoTime();
        } else {
            toNanos = System.nanoTime();
        }
        return new Totals(sent, acknowledged, received);
    }

    /**
     * Records a latency from the intended time of sending. The intended time decides whether it is measured, so that the
     * messages which a stall at the end holds up are not left out.
     */
    void recordLatency(long intendedNanos, long nowNanos) {
        if (measured && intendedNanos - fromNanos >= 0 && (measuring || intendedNanos - toNanos < 0)) {
            long nanos = nowNanos - intendedNanos;
            latencyMicros.recordValue(Math.min(Math.max(nanos / 1_000, 0), LATENCY_MICROS_MAX));
        }
    }
}
