package io.sluice.mqtt.metrics;

import java.time.Duration;

/** The bucket bounds of our histograms: few, fixed, the same everywhere, so that they can be aggregated. */
public final class Buckets {

    private static final double[] LATENCY_MILLIS = {
        1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000
    };
    private static final double[] SIZE_BYTES = {64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576};

    private static final double[] BATCH = {1, 4, 16, 64, 256, 1_024, 4_096};

    private Buckets() {}

    /** 1 ms to 30 s. */
    public static Duration[] latency() {
        Duration[] bounds = new Duration[LATENCY_MILLIS.length];
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = Duration.ofNanos((long) (LATENCY_MILLIS[i] * 1_000_000));
        }
        return bounds;
    }

    /** 1 to 4096 things at once. */
    public static double[] batch() {
        return BATCH.clone();
    }

    /** 64 bytes to 1 MiB. */
    public static double[] sizeBytes() {
        return SIZE_BYTES.clone();
    }
}
