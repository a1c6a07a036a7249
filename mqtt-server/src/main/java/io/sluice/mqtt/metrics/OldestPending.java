package io.sluice.mqtt.metrics;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.LongSupplier;

/**
 * How old the oldest of many things is that wait, to the second, without a list of them: a ring counts those that have
 * begun to wait in each second. Safe for all threads.
 */
public final class OldestPending {

    /** What waits for longer than this, more than an hour, counts as that old. */
    private static final int SECONDS = 4_096;

    private static final int NOTHING = -1;

    private final AtomicIntegerArray begun = new AtomicIntegerArray(SECONDS);
    private final LongSupplier nanoClock;
    private final long startNanos;

    public OldestPending(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        startNanos = nanoClock.getAsLong();
    }

    private int now() {
        return (int) TimeUnit.NANOSECONDS.toSeconds(nanoClock.getAsLong() - startNanos);
    }

    /**
     * Something waits from now on.
     *
     * @return what {@link #end} must be given, once
     */
    public int begin() {
        int second = now();
        begun.incrementAndGet(second % SECONDS);
        return second;
    }

    /** It waits no more. */
    public void end(int begin) {
        begun.decrementAndGet(begin % SECONDS);
    }

    /** The age of the oldest in seconds, rounded up to the next; 0 when nothing waits. */
    public double ageSeconds() {
        int now = now();
        int oldest = NOTHING;
        for (int age = 0; age < Math.min(SECONDS, now + 1); age++) {
            if (begun.get((now - age) % SECONDS) > 0) {
                oldest = age;
            }
        }
        return oldest + 1.0;
    }
}
