package io.sluice.kafka.fleet;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;

/**
 * Whether this instance may act: it may while it has heard of itself lately, so that nobody can have taken it for dead.
 * A process that was stopped and goes on finds its lease at an end, and holds still until it knows. Safe for all
 * threads.
 */
public final class Lease {

    private final LongSupplier nanoClock;
    /** Who waits: at most one task of each connection and reader. */
    private final Queue<Runnable> waiters = new ConcurrentLinkedQueue<>();

    private volatile long untilNanos;
    private volatile boolean ended;

    /**
     * @param nanoClock a monotonic clock that goes on while the process is stopped
     */
    public Lease(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        untilNanos = nanoClock.getAsLong();
    }

    /** One that never ends: for one instance alone, in tests. */
    public static Lease forever() {
        Lease lease = new Lease(() -> 0);
        lease.extend(Long.MAX_VALUE);
        return lease;
    }

    /** Whether to act. */
    public boolean isValid() {
        return untilNanos - nanoClock.getAsLong() > 0;
    }

    /** Whether this instance was declared dead, and never acts again. */
    public boolean isEnded() {
        return ended;
    }

    /** Runs the task once when the lease is valid: now, or on the thread that extends it. */
    public void whenValid(Runnable task) {
        waiters.add(task);
        if (isValid()) {
            runWaiters();
        }
    }

    /** Tasks that wait until the lease is valid. */
    public int waiting() {
        return waiters.size();
    }

    /** It is valid up to there. On the fleet's thread. */
    void extend(long newUntilNanos) {
        if (!ended) {
            untilNanos = newUntilNanos;
            runWaiters();
        }
    }

    private void runWaiters() {
        for (Runnable task = waiters.poll(); task != null; task = waiters.poll()) {
            task.run();
        }
    }

    /** It ends for good. On the fleet's thread. */
    void end() {
        ended = true;
        untilNanos = nanoClock.getAsLong();
        waiters.clear();
    }
}
