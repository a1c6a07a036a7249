package io.sluice.kafka.egress;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The meters of the way out. Immutable; the counters are safe for all threads. */
final class EgressMeters {

    private final MeterRegistry registry;
    private final Counter skipped;
    private final Counter bugs;

    EgressMeters(MeterRegistry registry) {
        this.registry = registry;
        skipped = Counter.builder("sluice.deliveries.discarded")
                .description("Records or messages that were not delivered")
                .tag("reason", "egress_topic_invalid")
                .register(registry);
        bugs = Counter.builder("sluice.bugs")
                .description("Errors in Sluice itself; the log has the stack")
                .register(registry);
    }

    void watch(List<TailThread> tails) {
        gauge("sluice.tail.partitions", "Partitions that are read live", tails, list -> sum(list));
        gauge(
                "sluice.tail.lag.records",
                "Records between the tail and the log's end, of the partition furthest behind",
                tails,
                list -> max(list, TailThread::lagRecords));
        gauge(
                "sluice.tail.lag.seconds",
                "Age of the last record read of the partition furthest behind",
                tails,
                list -> max(list, TailThread::lagSeconds));
    }

    private void gauge(
            String name, String description, List<TailThread> tails, ToDoubleFunction<List<TailThread>> value) {
        Gauge.builder(name, tails, value)
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    private static double sum(List<TailThread> tails) {
        double sum = 0;
        for (TailThread tail : tails) {
            sum += tail.partitions();
        }
        return sum;
    }

    private static double max(List<TailThread> tails, ToDoubleFunction<TailThread> value) {
        double max = 0;
        for (TailThread tail : tails) {
            max = Math.max(max, value.applyAsDouble(tail));
        }
        return max;
    }

    Clock clock() {
        return registry.config().clock();
    }

    void onSkipped() {
        skipped.increment();
    }

    void onBug() {
        bugs.increment();
    }
}
