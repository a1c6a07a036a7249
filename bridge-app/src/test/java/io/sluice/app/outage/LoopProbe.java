package io.sluice.app.outage;

import io.sluice.mqtt.port.Loop;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures how long event loops are busy: how late a timer comes that is due every few milliseconds, and how much of that
 * the loop has computed itself. The rest is the machine's, which has other work, or a garbage collection's; that a loop
 * waits for something is found by BlockHound. A thread that does nothing else is measured beside them: for as long as it
 * was late as well the whole process stood still, which a virtual machine counts as computing.
 */
final class LoopProbe implements AutoCloseable {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final Duration PERIOD = Duration.ofMillis(5);

    private final AtomicLong lateNanos = new AtomicLong();
    private final AtomicLong busyNanos = new AtomicLong();
    private final AtomicLong threadNanos = new AtomicLong();
    /** How late the thread without work was, of all times. */
    private final AtomicLong stoodStillNanos = new AtomicLong();

    private volatile long threadDueNanos = System.nanoTime();
    private volatile boolean open = true;

    LoopProbe(List<Loop> loops) {
        loops.forEach(loop -> loop.execute(() -> schedule(loop)));
        Thread thread = new Thread(this::watchMachine, "machine-probe");
        thread.setDaemon(true);
        thread.start();
    }

    private void schedule(Loop loop) {
        long dueNanos = System.nanoTime() + PERIOD.toNanos();
        long computedNanos = THREADS.getCurrentThreadCpuTime();
        long stoodStill = stoodStillNanos();
        loop.schedule(PERIOD, () -> {
            long late = System.nanoTime() - dueNanos;
            lateNanos.accumulateAndGet(late, Math::max);
            long busy = Math.min(late, THREADS.getCurrentThreadCpuTime() - computedNanos);
            busyNanos.accumulateAndGet(busy - (stoodStillNanos() - stoodStill), Math::max);
            if (open) {
                schedule(loop);
            }
        });
    }

    private void watchMachine() {
        while (open) {
            threadDueNanos = System.nanoTime() + PERIOD.toNanos();
            LockSupport.parkNanos(PERIOD.toNanos());
            long late = Math.max(0, System.nanoTime() - threadDueNanos);
            threadNanos.accumulateAndGet(late, Math::max);
            stoodStillNanos.addAndGet(late);
        }
    }

    /** Until now: a standstill counts from its begin, whoever comes first after it. */
    private long stoodStillNanos() {
        long past = stoodStillNanos.get();
        return past + Math.max(0, System.nanoTime() - threadDueNanos);
    }

    /** Forgets what it has measured. */
    void reset() {
        lateNanos.set(0);
        busyNanos.set(0);
        threadNanos.set(0);
    }

    /** The longest time that a loop was late. */
    Duration latestLoop() {
        return Duration.ofNanos(lateNanos.get());
    }

    /** The longest time that a loop was late since it was busy itself. */
    Duration busiestLoop() {
        return Duration.ofNanos(busyNanos.get());
    }

    /** The longest time that a thread without any work was late. */
    Duration latestThread() {
        return Duration.ofNanos(threadNanos.get());
    }

    @Override
    public void close() {
        open = false;
    }
}
