package io.sluice.app.kafka;

import io.sluice.mqtt.port.Loop;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A loop of one plain thread. Safe for all threads. */
final class ThreadLoop implements Loop, AutoCloseable {

    private final ScheduledExecutorService executor;
    private volatile Thread thread = Thread.currentThread();

    ThreadLoop() {
        executor = Executors.newSingleThreadScheduledExecutor(task -> {
            thread = new Thread(task, "test-loop");
            return thread;
        });
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    /** Runs the task on the loop and waits for its result. */
    <T> T call(Callable<T> task) throws Exception {
        return executor.submit(task).get(30, TimeUnit.SECONDS);
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        ScheduledFuture<?> scheduled = executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    }

    @Override
    public boolean inLoop() {
        return Thread.currentThread() == thread;
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public long epochMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
