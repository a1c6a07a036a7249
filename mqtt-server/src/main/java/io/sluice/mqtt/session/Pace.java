package io.sluice.mqtt.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;
import org.bouncycastle.crypto.macs.SipHash;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * How often each of many names may do something: some times at once, then at a steady rate (the generic cell rate
 * algorithm of ITU-T I.371). Of constant size: names that fall into one place share what they may, by a hash whose key
 * nobody else knows, so that nobody can choose to share another's. Who comes too fast waits for one interval at most: it
 * is for the caller to let only one of a name wait. Safe for all threads.
 */
final class Pace {

    /** 512 KiB. A hundred thousand names that come once each leave two in a place. */
    static final int PLACES = 1 << 16;

    /** Bytes of the hash's key. */
    static final int KEY_BYTES = 16;

    /** Of each place the time at which it has done all that it may, in ns; 0 for long ago. */
    private final AtomicLongArray until = new AtomicLongArray(PLACES);

    private final KeyParameter key;
    private final long intervalNanos;
    private final long burstNanos;

    /**
     * @param key of {@link #KEY_BYTES}, unknown to those who choose the names
     * @param interval between two at the steady rate
     * @param burst how many may come at once
     */
    Pace(byte[] key, Duration interval, int burst) {
        this.key = new KeyParameter(key);
        intervalNanos = interval.toNanos();
        burstNanos = intervalNanos * burst;
    }

    /**
     * Takes the next turn of a name.
     *
     * @param nowNanos since some begin, positive
     * @return in how many ns it is, 0 for now
     */
    long take(String name, long nowNanos) {
        long latest = nowNanos + burstNanos + intervalNanos;
        long end = until.accumulateAndGet(
                place(name), nowNanos, (before, now) -> Math.min(latest, Math.max(before, now) + intervalNanos));
        return Math.max(0, end - nowNanos - burstNanos);
    }

    private int place(String name) {
        SipHash hash = new SipHash();
        hash.init(key);
        byte[] bytes = name.getBytes(UTF_8);
        hash.update(bytes, 0, bytes.length);
        return (int) hash.doFinal() & (PLACES - 1);
    }
}
