package io.sluice.mqtt.connection;

import java.util.concurrent.TimeUnit;

/**
 * A rate that may be exceeded for a moment: what is not used in a second is kept for one. It refuses nothing: who takes
 * more than there is runs into debt, and is told how long it has to wait until that is paid. Pure; not safe for several
 * threads.
 *
 * <p>It is one point in time: the one at which all that was taken would have been used up at the very rate (the generic
 * cell rate algorithm).
 */
public final class TokenBucket {

    private static final long BURST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long perSecond;
    private long paidAtNanos;

    /**
     * Full: a second's worth is there.
     *
     * @param perSecond how much in a second, above 0
     */
    public TokenBucket(long perSecond, long nowNanos) {
        if (perSecond <= 0) {
            throw new IllegalArgumentException("per second: " + perSecond + " (expected: more than 0)");
        }
        this.perSecond = perSecond;
        this.paidAtNanos = nowNanos - BURST_NANOS;
    }

    /**
     * Takes so much, whether or not it is there.
     *
     * @return how long to wait before more is taken, in ns; 0 for not at all
     */
    public long take(long amount, long nowNanos) {
        if (nowNanos - paidAtNanos > BURST_NANOS) {
            paidAtNanos = nowNanos - BURST_NANOS;
        }
        paidAtNanos += nanos(amount);
        return waitNanos(nowNanos);
    }

    /** How long it takes until the debt is paid, in ns. */
    public long waitNanos(long nowNanos) {
        return Math.max(0, paidAtNanos - nowNanos);
    }

    /** Rounded up, and without an overflow: an amount of 256 MiB fits, a year of debt does as well. */
    private long nanos(long amount) {
        long seconds = amount / perSecond;
        long rest = amount % perSecond;
        double restNanos = Math.ceil((double) rest * BURST_NANOS / perSecond);
        return seconds * BURST_NANOS + (long) restNanos;
    }
}
