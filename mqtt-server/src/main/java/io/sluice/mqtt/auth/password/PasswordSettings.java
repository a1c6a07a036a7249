package io.sluice.mqtt.auth.password;

import io.sluice.mqtt.auth.shared.BackoffSettings;
import io.sluice.mqtt.auth.shared.CacheSettings;
import java.time.Duration;

/**
 * How users authenticate by password.
 *
 * @param passwordAllowed whether the password itself may be sent, in CONNECT
 * @param scramAllowed whether it may be proved by SCRAM-SHA-256 (MQTT 5): for users whose hash is {@code $scram-sha-256$}
 * @param passwordBytesMax longest password, in bytes; longer ones are refused unhashed
 * @param cache how long a password that was right is not hashed again
 */
public record PasswordSettings(
        boolean passwordAllowed,
        boolean scramAllowed,
        int passwordBytesMax,
        BackoffSettings backoff,
        CacheSettings cache) {

    /**
     * Passwords and SCRAM; 1,024 bytes; a password that was right is not hashed again for a minute. That is safe:
     * {@link io.sluice.mqtt.auth.shared.AnswerCache} keeps no password, is asked only by those who need not wait, and
     * forgets with each reload; and its key has the user's hash in it, so that another password is another key.
     */
    public static final PasswordSettings DEFAULTS = new PasswordSettings(
            true, true, 1_024, BackoffSettings.DEFAULTS, new CacheSettings(10_000, Duration.ofMinutes(1)));
}
