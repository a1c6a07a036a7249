package io.sluice.mqtt.auth.jwt;

import io.sluice.mqtt.auth.shared.HttpSettings;
import java.net.URI;
import java.time.Duration;

/**
 * How keys are fetched.
 *
 * @param http where from, and its limits
 * @param refreshEvery how old keys may become; whoever comes then still comes in by the old ones
 * @param refreshMin shortest time between two requests, however many unknown keys are named
 * @param retryMin shortest time between two requests as long as there are no keys at all
 */
public record JwksSettings(HttpSettings http, Duration refreshEvery, Duration refreshMin, Duration retryMin) {

    /** Every quarter of an hour; after an unknown key once a minute. */
    public static JwksSettings of(URI url) {
        return new JwksSettings(
                HttpSettings.of(url), Duration.ofMinutes(15), Duration.ofMinutes(1), Duration.ofSeconds(5));
    }
}
