package io.sluice.app.config;

import java.time.Duration;

/**
 * How the process stops.
 *
 * @param delay unready, still accepting
 * @param rate connections sent away
 * @param timeout the longest time for all of it
 * @param willGrace how long a client has to come back until its will is published
 */
public record DrainConfig(
        @Key(
                value = "How long the process is unready and still accepts, so that load balancers take notice.",
                byDefault = "5s",
                min = "0s",
                max = "1h")
        Duration delay,

        @Key(
                value = "How many connections are sent away; more where the time is too short for it.",
                byDefault = "500/s",
                min = "1/s",
                max = "1000000/s")
        Rate rate,

        @Key(
                value = "The longest time that stopping takes, the delay included.",
                byDefault = "110s",
                min = "1s",
                max = "1d")
        Duration timeout,

        @Key(
                value = "How long a client that was sent away has to come back, here or to another instance, until its "
                        + "will is published.",
                byDefault = "1m",
                min = "0s",
                max = "1d")
        Duration willGrace) {

    public DrainConfig {
        if (delay.compareTo(timeout) >= 0) {
            throw new IllegalArgumentException("delay is not shorter than timeout (expected: delay < timeout)");
        }
    }
}
