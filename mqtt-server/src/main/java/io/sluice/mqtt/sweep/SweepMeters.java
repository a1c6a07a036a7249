package io.sluice.mqtt.sweep;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sluice.mqtt.metrics.Buckets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What sweeps cost. Safe for all threads. */
final class SweepMeters {

    private final AtomicInteger active = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Counter matched;
    private final Counter unmatched;
    private final Timer duration;

    SweepMeters(MeterRegistry registry, SweepSettings settings) {
        Gauge.builder("sluice.sweeps", active, AtomicInteger::get)
                .description("Scans for those behind the tail, now")
                .register(registry);
        Gauge.builder("sluice.sweeps.limit", () -> settings.sweepsMax())
                .description("Scans for those behind the tail that may run at once")
                .register(registry);
        Gauge.builder("sluice.sweep.waiting.sessions", waiting, AtomicInteger::get)
                .description("Sessions that wait for a scan, counted once for each partition")
                .register(registry);
        matched = records(registry, true);
        unmatched = records(registry, false);
        duration = Timer.builder("sluice.sweep.duration")
                .description("How long scans for those behind the tail took")
                .serviceLevelObjectives(Buckets.latency())
                .register(registry);
    }

    private static Counter records(MeterRegistry registry, boolean wasMatched) {
        return Counter.builder("sluice.sweep.records")
                .description("Records read for those behind the tail, by whether any of them wanted it")
                .tag("matched", Boolean.toString(wasMatched))
                .register(registry);
    }

    void started() {
        active.incrementAndGet();
    }

    void ended(long nanos) {
        active.decrementAndGet();
        duration.record(nanos, TimeUnit.NANOSECONDS);
    }

    void waiting(int change) {
        waiting.addAndGet(change);
    }

    void read(int records, int wanted) {
        matched.increment(wanted);
        unmatched.increment(records - wanted);
    }
}
