package io.sluice.mqtt.sweep;

import java.time.Duration;

/**
 * The limits of sweeps.
 *
 * @param sweepsMax most scans at once; one place in four, and at least one, is kept for those who lack little
 * @param batchBytes about how much a scan reads at once; each scan holds at most two such batches
 * @param nearRecords who lacks no more than this goes first, and who is no further ahead of a scan waits for it
 * @param slice after so many deliveries a loop does something else
 * @param restMax longest rest of a partition between a scan of which little was wanted and the next
 */
public record SweepSettings(int sweepsMax, int batchBytes, int nearRecords, int slice, Duration restMax) {

    public static final SweepSettings DEFAULTS = new SweepSettings(8, 256 << 10, 4_096, 250, Duration.ofSeconds(1));

    public SweepSettings {
        if (sweepsMax < 2 || batchBytes < 1 || nearRecords < 0 || slice < 1 || restMax.isNegative()) {
            throw new IllegalArgumentException("sweeps: " + sweepsMax + " at once, " + batchBytes + " bytes, "
                    + nearRecords + " records near, " + slice + " deliveries at once, rest " + restMax
                    + " (expected: at least 2, 1, 0, 1, and 0)");
        }
    }

    /** Most scans at once for those who are far behind. */
    int farMax() {
        return sweepsMax - Math.max(1, sweepsMax / 4);
    }
}
