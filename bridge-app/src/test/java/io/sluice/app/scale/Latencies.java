package io.sluice.app.scale;

import java.util.concurrent.atomic.AtomicLongArray;

/** Counts of latencies in tenths of a millisecond, up to 10 s. Safe for all threads. */
final class Latencies {
    private final AtomicLongArray counts = new AtomicLongArray(100_000);
    private volatile boolean counting;

    void add(long nanos) {
        if (counting) {
            counts.incrementAndGet((int) Math.min(counts.length() - 1, nanos / 100_000));
        }
    }

    void count() {
        counting = true;
    }

    /** What these shares of all were within, in milliseconds; it then counts from nothing, when asked to. */
    double[] takeMillisAt(double... shares) {
        counting = false;
        long total = 0;
        for (int i = 0; i < counts.length(); i++) {
            total += counts.get(i);
        }
        double[] millis = new double[shares.length];
        long seen = 0;
        for (int i = 0; i < counts.length(); i++) {
            for (int j = 0; j < shares.length; j++) {
                if (seen < total * shares[j]) {
                    millis[j] = i / 10.0;
                }
            }
            seen += counts.getAndSet(i, 0);
        }
        return millis;
    }
}
