package io.sluice.kafka.ingress;

import io.sluice.mqtt.port.Loop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A loop that runs when the test says so, on the test's thread. Timers are due at once. Others may only add tasks. */
final class StepLoop implements Loop {

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Queue<Runnable> timers = new ArrayDeque<>();
    private final Thread thread = Thread.currentThread();

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        timers.add(task);
        return () -> timers.remove(task);
    }

    /** Runs what is there, and what comes of it. */
    void run() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    void fireTimers() {
        for (Runnable timer = timers.poll(); timer != null; timer = timers.poll()) {
            timer.run();
        }
        run();
    }

    @Override
    public boolean inLoop() {
        return Thread.currentThread() == thread && !elsewhere;
    }

    /** Whether the test's thread stands for Kafka's at the moment. */
    private boolean elsewhere;

    void elsewhere(Runnable task) {
        elsewhere = true;
        try {
            task.run();
        } finally {
            elsewhere = false;
        }
    }

    @Override
    public long nanoTime() {
        return 0;
    }

    @Override
    public long epochMillis() {
        return 0;
    }
}
