package io.sluice.app.management;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sluice.mqtt.port.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Watches the event loops: each runs a timer of ours, which says how late it was and when it last came. A loop that
 * does not come is stuck or drowning, and only a restart helps. Any thread; the probes run on their loops.
 */
public final class LoopWatch {

    /** How long a loop may be silent before the process is not live. */
    public static final Duration LIMIT = Duration.ofSeconds(10);

    private static final Duration PERIOD = Duration.ofSeconds(1);

    private final List<Probe> probes = new ArrayList<>();
    private final Duration limit;
    private final LongSupplier nanoTime;
    private final AtomicBoolean stopped = new AtomicBoolean();

    private LoopWatch(Duration limit, LongSupplier nanoTime) {
        this.limit = limit;
        this.nanoTime = nanoTime;
    }

    /**
     * Starts to watch.
     *
     * @param nanoTime monotonic, for those who ask; each loop has its own for itself
     */
    public static LoopWatch start(List<? extends Loop> loops, MeterRegistry registry, LongSupplier nanoTime) {
        LoopWatch watch = new LoopWatch(LIMIT, nanoTime);
        Timer delay = ProcessMeters.loopDelay(registry);
        for (Loop loop : loops) {
            watch.probes.add(watch.new Probe(loop, delay, nanoTime.getAsLong()));
        }
        watch.probes.forEach(Probe::schedule);
        return watch;
    }

    /** Ends watching: nothing is scheduled any more. */
    public void stop() {
        stopped.set(true);
    }

    Duration limit() {
        return limit;
    }

    int size() {
        return probes.size();
    }

    /** The loops, by number, that have not answered within the limit. */
    List<Integer> late() {
        long now = nanoTime.getAsLong();
        List<Integer> late = new ArrayList<>();
        for (int i = 0; i < probes.size() && !stopped.get(); i++) {
            if (now - probes.get(i).answeredNanos > limit.toNanos()) {
                late.add(i);
            }
        }
        return late;
    }

    /** The timer of one loop. Written on the loop, read by anybody. */
    private final class Probe implements Runnable {

        private final Loop loop;
        private final Timer delay;
        private volatile long answeredNanos;
        private volatile long dueNanos;

        Probe(Loop loop, Timer delay, long nowNanos) {
            this.loop = loop;
            this.delay = delay;
            this.answeredNanos = nowNanos;
        }

        void schedule() {
            dueNanos = loop.nanoTime() + PERIOD.toNanos();
            loop.schedule(PERIOD, this);
        }

        @Override
        public void run() {
            answeredNanos = nanoTime.getAsLong();
            delay.record(Duration.ofNanos(Math.max(0, loop.nanoTime() - dueNanos)));
            if (!stopped.get()) {
                schedule();
            }
        }
    }
}
