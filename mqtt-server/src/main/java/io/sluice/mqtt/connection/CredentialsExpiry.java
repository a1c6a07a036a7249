package io.sluice.mqtt.connection;

import io.sluice.mqtt.auth.Principal;
import io.sluice.mqtt.port.Loop;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Tells when what a client has proved itself with has expired. Confined to its loop. */
final class CredentialsExpiry {

    /** The time that decides is not that of the timer: it is looked at again at least this often. */
    private static final long LOOK_MILLIS_MAX = Duration.ofMinutes(10).toMillis();

    private final Loop loop;
    private final Runnable onExpired;
    private Loop.@Nullable Timer timer;

    CredentialsExpiry(Loop loop, Runnable onExpired) {
        this.loop = loop;
        this.onExpired = onExpired;
    }

    /** Begins, or begins anew with another proof. */
    void start(Principal principal) {
        stop();
        if (principal.expiryEpochMillis() != Principal.NEVER) {
            look(principal.expiryEpochMillis());
        }
    }

    private void look(long expiryEpochMillis) {
        long remaining = expiryEpochMillis - loop.epochMillis();
        if (remaining <= 0) {
            onExpired.run();
            return;
        }
        timer = loop.schedule(Duration.ofMillis(Math.min(remaining, LOOK_MILLIS_MAX)), () -> look(expiryEpochMillis));
    }

    void stop() {
        if (timer != null) {
            timer.cancel();
        }
    }
}
