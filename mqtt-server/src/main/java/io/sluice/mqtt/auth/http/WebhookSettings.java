package io.sluice.mqtt.auth.http;

import io.sluice.mqtt.auth.shared.BackoffSettings;
import io.sluice.mqtt.auth.shared.CacheSettings;
import io.sluice.mqtt.auth.shared.HttpSettings;
import java.net.URI;
import java.time.Duration;

/**
 * How another server is asked who may come in.
 *
 * @param http where, and its limits
 * @param requestsMax most requests at once; whoever comes then is told that the server is busy
 * @param circuitFailures after so many requests without a usable answer, one after the other, nobody is asked
 * @param circuitOpen for so long; then one request tries
 * @param passwordBytesMax longest password, or token, that is passed on, in bytes
 * @param groupsMax most groups of an answer
 * @param backoff how many refusals of a user are borne
 * @param cache how long who was allowed is allowed again without asking; never for longer than the answer's own end
 */
public record WebhookSettings(
        HttpSettings http,
        int requestsMax,
        int circuitFailures,
        Duration circuitOpen,
        int passwordBytesMax,
        int groupsMax,
        BackoffSettings backoff,
        CacheSettings cache) {

    /** Longest user name, in bytes. */
    public static final int USER_NAME_BYTES_MAX = 256;

    /** 64 requests, answers of 64 KiB, ten seconds of rest after five failures, half a minute of memory. */
    public static WebhookSettings of(URI url) {
        return new WebhookSettings(
                new HttpSettings(url, false, Duration.ofSeconds(2), Duration.ofSeconds(5), 64 << 10, null),
                64,
                5,
                Duration.ofSeconds(10),
                16 << 10,
                256,
                BackoffSettings.DEFAULTS,
                new CacheSettings(10_000, Duration.ofSeconds(30)));
    }

    public WebhookSettings {
        if (requestsMax < 1 || circuitFailures < 1 || passwordBytesMax < 1 || groupsMax < 0) {
            throw new IllegalArgumentException(
                    "requestsMax, circuitFailures, passwordBytesMax (expected: >= 1), groupsMax (expected: >= 0)");
        }
    }
}
