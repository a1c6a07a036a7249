package io.sluice.mqtt.listener;

import io.sluice.mqtt.connection.TokenBucket;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * How many connections are accepted in a second: of one listener, and of all together. Safe for all threads, under a
 * lock which is held for an addition.
 */
public final class ConnectRate {

    private final @Nullable ConnectRate ofAll;
    private final ReentrantLock lock = new ReentrantLock();
    private int perSecond;
    private @Nullable TokenBucket bucket;

    private ConnectRate(@Nullable ConnectRate ofAll) {
        this.ofAll = ofAll;
    }

    /** The rate of all listeners together; none until it is told. */
    public static ConnectRate ofAll() {
        return new ConnectRate(null);
    }

    /** The rate of one listener, besides this one's. */
    public ConnectRate ofListener() {
        return new ConnectRate(this);
    }

    /**
     * Puts a rate in force.
     *
     * @param next connections in a second; 0 for any number
     */
    public void limit(int next) {
        lock.lock();
        try {
            if (next != perSecond) {
                perSecond = next;
                bucket = null;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Connections in a second, those of all listeners included; 0 for any number. */
    int perSecond() {
        int all = ofAll == null ? 0 : ofAll.own();
        int own = own();
        return all == 0 || (own > 0 && own < all) ? own : all;
    }

    private int own() {
        lock.lock();
        try {
            return perSecond;
        } finally {
            lock.unlock();
        }
    }

    /**
     * One was accepted.
     *
     * @return how long to accept no more, in ns
     */
    long onAccepted(long nowNanos) {
        long waitNanos = 0;
        lock.lock();
        try {
            if (perSecond > 0) {
                TokenBucket current = bucket == null ? new TokenBucket(perSecond, nowNanos) : bucket;
                bucket = current;
                waitNanos = current.take(1, nowNanos);
            }
        } finally {
            lock.unlock();
        }
        return ofAll == null ? waitNanos : Math.max(waitNanos, ofAll.onAccepted(nowNanos));
    }
}
