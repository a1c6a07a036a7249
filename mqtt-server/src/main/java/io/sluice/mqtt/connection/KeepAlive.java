package io.sluice.mqtt.connection;

import io.sluice.mqtt.port.Loop;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Ends a connection that was silent for one and a half times its keep-alive [MQTT-3.1.2-22], unless it is we who do not
 * read it, or stood still meanwhile. Confined to its loop; one timer, moved only when it fires.
 */
final class KeepAlive {

    /** A timer that is so late means that the loop, or all of us, stood still. */
    private static final Duration LATE = Duration.ofMillis(100);

    private final Loop loop;
    private final long limitNanos;
    private final Runnable onExpired;
    private long lastReadNanos;
    private long dueNanos;
    private boolean held;
    private Loop.@Nullable Timer timer;

    KeepAlive(Loop loop, int seconds, Runnable onExpired) {
        this.loop = loop;
        this.limitNanos = Duration.ofMillis(seconds * 1500L).toNanos();
        this.onExpired = onExpired;
    }

    void start() {
        lastReadNanos = loop.nanoTime();
        if (limitNanos > 0) {
            schedule(limitNanos);
        }
    }

    /** The client has sent something. */
    void onRead() {
        lastReadNanos = loop.nanoTime();
    }

    /** Whether the connection is not read, by our own choice: then its silence says nothing. */
    void held(boolean nowHeld) {
        if (held && !nowHeld) {
            // What was sent meanwhile is still to be read: the silence counts from here.
            lastReadNanos = loop.nanoTime();
        }
        held = nowHeld;
    }

    private void check() {
        long nowNanos = loop.nanoTime();
        long silentNanos = held ? 0 : nowNanos - lastReadNanos;
        long lateNanos = nowNanos - dueNanos;
        if (silentNanos < limitNanos) {
            schedule(limitNanos - silentNanos);
        } else if (lateNanos > LATE.toNanos()) {
            // A collection, a machine that was moved: what came meanwhile is still to be read.
            schedule(Math.min(lateNanos, limitNanos));
        } else {
            onExpired.run();
        }
    }

    private void schedule(long delayNanos) {
        dueNanos = loop.nanoTime() + delayNanos;
        timer = loop.schedule(Duration.ofNanos(delayNanos), this::check);
    }

    void stop() {
        if (timer != null) {
            timer.cancel();
        }
    }
}
