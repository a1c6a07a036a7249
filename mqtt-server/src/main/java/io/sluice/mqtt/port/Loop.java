package io.sluice.mqtt.port;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * An event loop as the parts behind a connection see it: one thread, its timers and its clocks. Sessions, windows and
 * cursors know nothing else of threads and time, so a test may run them on a loop of its own with virtual time.
 */
public interface Loop extends Executor {

    /** Runs the task on this loop, later, in the order of the calls. Any thread. */
    @Override
    void execute(Runnable task);

    /** Runs the task on this loop after the delay. Any thread. */
    Timer schedule(Duration delay, Runnable task);

    /** Whether the caller is on this loop. */
    boolean inLoop();

    /** Monotonic time in ns, for durations. */
    long nanoTime();

    /**
     * The time in ms since 1970 by which is judged whether a deadline that must survive a restart has passed: the
     * earliest that it may be, by the clock that all instances share.
     */
    long epochMillis();

    /** The latest that it may be: such deadlines are set by it. */
    default long latestEpochMillis() {
        return epochMillis();
    }

    /** A task that waits for its time. */
    interface Timer {
        /** Cancels the task unless it has started. On the loop: it will not run any more. */
        void cancel();
    }
}
