package io.sluice.app.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Who this process is among the instances on one Kafka.
 *
 * @param name which it keeps when it is started again
 * @param heartbeat how often it says that it lives
 * @param timeout how long it may be silent
 */
public record InstanceConfig(
        @Key("This instance's name, which no other instance on the same Kafka may have at the same time. It should be "
                + "the same when the instance is started again: its clients' sessions are free at once then. Absent: "
                + "the host's name and the port of the first listener.")
        @Nullable
        String name,

        @Key(value = "How often an instance says that it lives.", byDefault = "500ms", min = "10ms", max = "1m")
        Duration heartbeat,

        @Key(
                value = "How long an instance may be silent before the others take over what it held; one that finds "
                        + "itself taken for dead drops its clients and starts anew.",
                byDefault = "2s",
                min = "100ms",
                max = "10m")
        Duration timeout) {

    public InstanceConfig {
        if (timeout.compareTo(heartbeat.multipliedBy(2)) < 0) {
            throw new IllegalArgumentException(
                    "timeout is shorter than two heartbeats (expected: timeout >= 2 * heartbeat)");
        }
        if (name != null && (name.isEmpty() || name.indexOf('/') >= 0)) {
            throw new IllegalArgumentException("name: \"" + name + "\" (expected: a name without /)");
        }
    }
}
