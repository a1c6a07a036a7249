package io.sluice.mqtt.fake;

import io.sluice.mqtt.port.Loop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Virtual time for any number of loops, all run by the test's own thread, one task at a time. */
public final class FakeTime {

    private record Timed(long atNanos, long sequence, FakeLoop loop, Runnable task, boolean[] cancelled) {}

    private static final long EPOCH_MILLIS = 1_800_000_000_000L;

    private final List<FakeLoop> loops = new ArrayList<>();
    private final PriorityQueue<Timed> timers = new PriorityQueue<>((a, b) ->
            a.atNanos == b.atNanos ? Long.compare(a.sequence, b.sequence) : Long.compare(a.atNanos, b.atNanos));
    private long nowNanos;
    private long sequence;
    private @Nullable FakeLoop running;

    /** A new loop. */
    public FakeLoop loop() {
        FakeLoop loop = new FakeLoop();
        loops.add(loop);
        return loop;
    }

    /** Runs all tasks that are due now, and those that they make. */
    public void run() {
        boolean ran = true;
        while (ran) {
            ran = false;
            for (FakeLoop loop : loops) {
                ran |= loop.runOne();
            }
        }
    }

    /** Lets time pass: runs what becomes due in its order. */
    public void advance(Duration duration) {
        long until = nowNanos + duration.toNanos();
        run();
        while (!timers.isEmpty() && timers.peek().atNanos <= until) {
            Timed next = timers.remove();
            nowNanos = Math.max(nowNanos, next.atNanos);
            if (!next.cancelled[0]) {
                next.loop.execute(next.task);
            }
            run();
        }
        nowNanos = until;
    }

    /** Lets time pass in which nothing runs: what becomes due is late. */
    public void stall(Duration duration) {
        nowNanos += duration.toNanos();
    }

    /** Now, in ms since 1970. */
    public long epochMillis() {
        return EPOCH_MILLIS + nowNanos / 1_000_000;
    }

    /** A loop in virtual time. Between tasks the test itself counts as being on every loop. */
    public final class FakeLoop implements Loop {

        private final Deque<Runnable> tasks = new ArrayDeque<>();

        private boolean runOne() {
            Runnable task = tasks.pollFirst();
            if (task == null) {
                return false;
            }
            FakeLoop before = running;
            running = this;
            try {
                task.run();
            } finally {
                running = before;
            }
            return true;
        }

        @Override
        public void execute(Runnable task) {
            tasks.addLast(task);
        }

        @Override
        public Timer schedule(Duration delay, Runnable task) {
            boolean[] cancelled = new boolean[1];
            timers.add(new Timed(nowNanos + Math.max(0, delay.toNanos()), sequence++, this, task, cancelled));
            return () -> cancelled[0] = true;
        }

        @Override
        public boolean inLoop() {
            return running == null || running == this;
        }

        @Override
        public long nanoTime() {
            return nowNanos;
        }

        @Override
        public long epochMillis() {
            return FakeTime.this.epochMillis();
        }
    }
}
