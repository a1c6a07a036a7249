package io.sluice.mqtt.connection;

import io.sluice.mqtt.port.Loop;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Ends a connection that is held for too long without any progress: a socket that is not read does not tell that its
 * peer has gone. Confined to its loop; one timer, and only from when the connection is held.
 */
final class HoldLimit {

    /** So often it looks within the limit: as much later than the limit it may end a connection. */
    private static final int LOOKS = 4;

    private final Loop loop;
    private final Duration limit;
    private final LongSupplier progress;
    private final Runnable onExpired;
    private boolean held;
    private long progressSeen;
    private long progressNanos;
    private Loop.@Nullable Timer timer;

    /**
     * @param limit the longest time without progress; zero for any
     * @param progress a number that changes with each step ahead
     */
    HoldLimit(Loop loop, Duration limit, LongSupplier progress, Runnable onExpired) {
        this.loop = loop;
        this.limit = limit;
        this.progress = progress;
        this.onExpired = onExpired;
    }

    /** Whether the connection is not read, by our own choice. */
    void held(boolean nowHeld) {
        if (nowHeld && !held) {
            progressNanos = loop.nanoTime();
            progressSeen = progress.getAsLong();
            if (timer == null && !limit.isZero()) {
                scheduleLook();
            }
        }
        held = nowHeld;
    }

    private void scheduleLook() {
        timer = loop.schedule(limit.dividedBy(LOOKS), this::look);
    }

    private void look() {
        timer = null;
        if (!held) {
            // The next hold starts it again.
            return;
        }
        long progressNow = progress.getAsLong();
        if (progressNow != progressSeen) {
            progressSeen = progressNow;
            progressNanos = loop.nanoTime();
        }
        if (loop.nanoTime() - progressNanos >= limit.toNanos()) {
            onExpired.run();
        } else {
            scheduleLook();
        }
    }

    void stop() {
        if (timer != null) {
            timer.cancel();
        }
    }
}
