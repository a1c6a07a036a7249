package io.sluice.kafka.log;

import java.time.Duration;

/**
 * How the state topics are kept.
 *
 * @param prefix of their names: {@code _sluice}
 * @param partitions of a state topic that is made; it never changes afterwards
 * @param replicationFactor of a state topic that is made, or -1 for the broker's default
 * @param pollMax longest wait of the reader for new records
 */
public record StateSettings(String prefix, int partitions, short replicationFactor, Duration pollMax) {

    public static final StateSettings DEFAULTS = new StateSettings("_sluice", 16, (short) -1, Duration.ofMillis(100));

    public StateSettings {
        if (prefix.isEmpty() || partitions < 1 || replicationFactor == 0 || replicationFactor < -1) {
            throw new IllegalArgumentException("state topics: prefix \"" + prefix + "\", " + partitions
                    + " partitions, replication factor " + replicationFactor
                    + " (expected: a name, at least 1, and at least 1 or -1)");
        }
    }
}
