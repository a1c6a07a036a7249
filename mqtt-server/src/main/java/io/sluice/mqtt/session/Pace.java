package io.sluice.mqtt.session;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often each of many names may do something: some times at once, then at a steady rate (the generic cell rate
 * algorithm of ITU-T I.371). Of constant size: names whose hashes fall together share what they may, which is a matter of
 * luck, as the hash is salted. Safe for all threads.
 */
final class Pace {

    /** 512 KiB. A hundred thousand names that come once each leave two in a place. */
    static final int PLACES = 1 << 16;

    /** Of each place the time at which it has done all that it may, in ns; 0 for long ago. */
    private final AtomicLongArray until = new AtomicLongArray(PLACES);

    private final int salt;
    private final long intervalNanos;
    private final long burstNanos;

    /**
     * @param salt unknown to those who choose the names
     * @param interval between two at the steady rate
     * @param burst how many may come at once
     */
    Pace(int salt, Duration interval, int burst) {
        this.salt = salt;
        intervalNanos = interval.toNanos();
        burstNanos = intervalNanos * burst;
    }

    /**
     * Takes the next turn of a name, which must be used.
     *
     * @param nowNanos since some begin, positive
     * @return in how many ns it is, 0 for now
     */
    long take(Object name, long nowNanos) {
        int mixed = (name.hashCode() ^ salt) * 0x9E3779B9;
        int place = mixed >>> (Integer.SIZE - Integer.numberOfTrailingZeros(PLACES));
        long end = until.accumulateAndGet(place, nowNanos, (before, now) -> Math.max(before, now) + intervalNanos);
        return Math.max(0, end - nowNanos - burstNanos);
    }
}
