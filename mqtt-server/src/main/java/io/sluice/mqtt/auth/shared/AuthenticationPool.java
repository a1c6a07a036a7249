package io.sluice.mqtt.auth.shared;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sluice.mqtt.metrics.Buckets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * The threads that compute hashes and check signatures, so that no event loop does; one for the whole process. Safe for
 * all threads: who hands work over never waits, not even for a lock.
 */
public final class AuthenticationPool implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(AuthenticationPool.class);

    private final PoolSettings settings;
    private final LongSupplier nanoClock;
    private final Queue<Job<?>> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Semaphore handedOver = new Semaphore(0);
    private final List<Thread> threads = new ArrayList<>();
    private final Timer waitDuration;
    private volatile boolean closed;

    public AuthenticationPool(PoolSettings settings, LongSupplier nanoClock, MeterRegistry registry) {
        this.settings = settings;
        this.nanoClock = nanoClock;
        Gauge.builder("sluice.authentication.queue", waiting, AtomicInteger::get)
                .description("Authentications that wait for a thread to compute them")
                .register(registry);
        Gauge.builder("sluice.authentication.queue.limit", settings::queueMax)
                .description("Authentications that may wait for a thread; further ones are refused as busy")
                .register(registry);
        waitDuration = Timer.builder("sluice.authentication.wait.duration")
                .description("How long authentications waited for a thread to compute them")
                .serviceLevelObjectives(Buckets.latency())
                .register(registry);
        for (int i = 0; i < settings.threads(); i++) {
            Thread thread = new Thread(this::run, "auth-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /**
     * Computes an outcome, or a step towards one, on one of the threads, as soon as somebody wants it. Work whose outcome
     * nobody wants any more is not begun.
     *
     * @param work may take its time; what it throws fails the outcome
     * @param whenBusy the outcome if the queue is full, has not moved for too long, or the pool is closed; any thread
     */
    public <T> Mono<T> compute(Supplier<T> work, Supplier<T> whenBusy) {
        return Mono.create(sink -> offer(new Job<>(work, whenBusy, sink, nanoClock.getAsLong())));
    }

    private void offer(Job<?> job) {
        job.sink.onDispose(() -> job.unwanted = true);
        if (waiting.incrementAndGet() > settings.queueMax()) {
            waiting.decrementAndGet();
            job.refuse();
            return;
        }
        queue.add(job);
        handedOver.release();
        if (closed) {
            refuseAll();
        }
    }

    private void run() {
        while (!closed) {
            try {
                handedOver.acquire();
            } catch (InterruptedException closing) {
                return;
            }
            Job<?> job = queue.poll();
            if (job != null) {
                waiting.decrementAndGet();
                begin(job);
            }
        }
    }

    private void begin(Job<?> job) {
        if (job.unwanted) {
            return;
        }
        long waitedNanos = nanoClock.getAsLong() - job.sinceNanos;
        waitDuration.record(waitedNanos, TimeUnit.NANOSECONDS);
        try {
            if (waitedNanos > settings.waitMax().toNanos()) {
                job.refuse();
            } else {
                job.compute();
            }
        } catch (RuntimeException | Error bug) {
            log.atError().setCause(bug).log("Handing over the outcome of an authentication failed");
        }
    }

    private void refuseAll() {
        for (Job<?> job = queue.poll(); job != null; job = queue.poll()) {
            waiting.decrementAndGet();
            job.refuse();
        }
    }

    /** What waits is refused as busy, and so is what comes from now on. */
    @Override
    public void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
        refuseAll();
    }

    private static final class Job<T> {

        private final Supplier<T> work;
        private final Supplier<T> whenBusy;
        private final MonoSink<T> sink;
        private final long sinceNanos;
        private volatile boolean unwanted;

        private Job(Supplier<T> work, Supplier<T> whenBusy, MonoSink<T> sink, long sinceNanos) {
            this.work = work;
            this.whenBusy = whenBusy;
            this.sink = sink;
            this.sinceNanos = sinceNanos;
        }

        private void refuse() {
            sink.success(whenBusy.get());
        }

        private void compute() {
            T outcome;
            try {
                outcome = work.get();
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError failure) {
                sink.error(failure);
                return;
            }
            sink.success(outcome);
        }
    }
}
