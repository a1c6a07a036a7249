package io.sluice.app.config;

import java.time.Duration;

/**
 * How the process stops.
 *
 * @param delay unready, still accepting
 * @param timeout the longest time for all of it
 */
@Later({"rate"})
public record DrainConfig(
        @Key(
                value = "How long the process is unready and still accepts, so that load balancers take notice.",
                byDefault = "5s",
                min = "0s",
                max = "1h")
        Duration delay,

        @Key(
                value = "The longest time that stopping takes, the delay included.",
                byDefault = "110s",
                min = "1s",
                max = "1d")
        Duration timeout) {

    public DrainConfig {
        if (delay.compareTo(timeout) >= 0) {
            throw new IllegalArgumentException("delay is not shorter than timeout (expected: delay < timeout)");
        }
    }
}
