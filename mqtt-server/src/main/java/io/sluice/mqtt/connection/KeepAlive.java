package io.sluice.mqtt.connection;

import io.sluice.mqtt.port.Loop;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Ends a connection that was silent for one and a half times its keep-alive [MQTT-3.1.2-22], unless it is we who do not
 * read it. Confined to its loop; one timer, moved only when it fires.
 */
final class KeepAlive {

    private final Loop loop;
    private final long limitNanos;
    private final Runnable onExpired;
    private long lastReadNanos;
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
            timer = loop.schedule(Duration.ofNanos(limitNanos), this::check);
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
        long silentNanos = held ? 0 : loop.nanoTime() - lastReadNanos;
        if (silentNanos >= limitNanos) {
            onExpired.run();
        } else {
            timer = loop.schedule(Duration.ofNanos(limitNanos - silentNanos), this::check);
        }
    }

    void stop() {
        if (timer != null) {
            timer.cancel();
        }
    }
}
