package io.sluice.mqtt.connection;

import io.sluice.mqtt.port.Loop;
import java.time.Duration;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Sends connections away at a steady rate. Confined to its loop. */
final class Drain {

    /** How often some are told: often enough that a second's share does not come at once. */
    private static final Duration TURN = Duration.ofMillis(20);

    private final Loop loop;
    private final int perSecond;
    private final Iterator<Runnable> left;
    private final Runnable then;
    private long startNanos;
    private long told;
    private boolean started;
    private boolean cancelled;
    private Loop.@Nullable Timer timer;

    /**
     * @param left each sends one away; who has gone by itself meanwhile costs a place in the queue
     * @param then told on the loop when the last one is
     */
    Drain(Loop loop, int perSecond, Iterator<Runnable> left, Runnable then) {
        if (perSecond < 1) {
            throw new IllegalArgumentException(
                    "drain: " + perSecond + " connections in a second (expected: 1 or more)");
        }
        this.loop = loop;
        this.perSecond = perSecond;
        this.left = left;
        this.then = then;
    }

    void next() {
        if (cancelled) {
            return;
        }
        if (!started) {
            started = true;
            startNanos = loop.nanoTime();
        }
        // The first turn is due when it begins. A turn that comes late makes up for what it has missed.
        long due = (loop.nanoTime() - startNanos + TURN.toNanos())
                * perSecond
                / Duration.ofSeconds(1).toNanos();
        while (told < due && left.hasNext()) {
            told++;
            left.next().run();
        }
        if (left.hasNext()) {
            timer = loop.schedule(TURN, this::next);
        } else {
            then.run();
        }
    }

    /** Any thread: nobody is told any more. */
    void cancel() {
        loop.execute(() -> {
            cancelled = true;
            if (timer != null) {
                timer.cancel();
            }
        });
    }
}
