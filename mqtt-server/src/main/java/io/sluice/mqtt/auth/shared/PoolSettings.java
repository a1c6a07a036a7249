package io.sluice.mqtt.auth.shared;

import java.time.Duration;

/**
 * The limits of an {@link AuthenticationPool}.
 *
 * @param threads how many compute at once; each of them may need the memory of one Argon2 hash, 19 MiB by default
 * @param queueMax most authentications that wait for a thread; further ones are told that the server is busy
 * @param waitMax an authentication that has waited for longer is told so as well, uncomputed: its client has gone, or
 *     is about to
 */
public record PoolSettings(int threads, int queueMax, Duration waitMax) {

    /** Two threads; what these compute of Argon2 within the five seconds that somebody may wait. */
    public static final PoolSettings DEFAULTS = new PoolSettings(2, 256, Duration.ofSeconds(5));

    public PoolSettings {
        if (threads < 1) {
            throw new IllegalArgumentException("threads: " + threads + " (expected: >= 1)");
        }
        if (queueMax < 1) {
            throw new IllegalArgumentException("queueMax: " + queueMax + " (expected: >= 1)");
        }
        if (waitMax.isNegative() || waitMax.isZero()) {
            throw new IllegalArgumentException("waitMax: " + waitMax + " (expected: > 0)");
        }
    }
}
