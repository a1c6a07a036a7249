package io.sluice.app.management;

import io.sluice.mqtt.port.Loop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/** A loop that runs when the test says so, in virtual time; it may be stuck. */
final class ManualLoop implements Loop {

    /** A task and its time. */
    private record Scheduled(long atNanos, Runnable task) {}

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<Scheduled> timers = new PriorityQueue<>(Comparator.comparingLong(Scheduled::atNanos));
    private long nowNanos;
    private boolean stuck;

    void stick() {
        stuck = true;
    }

    void recover() {
        stuck = false;
        run();
    }

    void advance(Duration time) {
        long end = nowNanos + time.toNanos();
        while (!stuck && !timers.isEmpty() && timers.element().atNanos() <= end) {
            nowNanos = Math.max(nowNanos, timers.element().atNanos());
            run();
        }
        nowNanos = end;
        run();
    }

    private void run() {
        while (!stuck && !timers.isEmpty() && timers.element().atNanos() <= nowNanos) {
            timers.remove().task().run();
        }
        while (!stuck && !tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        Scheduled scheduled = new Scheduled(nowNanos + delay.toNanos(), task);
        timers.add(scheduled);
        return () -> timers.remove(scheduled);
    }

    @Override
    public boolean inLoop() {
        return true;
    }

    @Override
    public long nanoTime() {
        return nowNanos;
    }

    @Override
    public long epochMillis() {
        return nowNanos / 1_000_000;
    }
}
