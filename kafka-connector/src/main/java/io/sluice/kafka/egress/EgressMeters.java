package io.sluice.kafka.egress;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.kafka.mapping.SkipReason;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The meters of the way out. Immutable; the counters are safe for all threads. */
final class EgressMeters {

    private final MeterRegistry registry;
    private final Map<SkipReason, Counter> skipped = new EnumMap<>(SkipReason.class);
    private final Counter bugs;

    EgressMeters(MeterRegistry registry) {
        this.registry = registry;
        for (SkipReason reason : SkipReason.values()) {
            skipped.put(
                    reason,
                    Counter.builder("sluice.deliveries.discarded")
                            .description("Records or messages that were not delivered")
                            .tag("reason", reason.id())
                            .register(registry));
        }
        bugs = Counter.builder("sluice.bugs")
                .description("Errors in Sluice itself; the log has the stack")
                .register(registry);
    }

    /** @param earlier how many earlier rules are still asked */
    void rules(Supplier<Number> earlier, int max) {
        Gauge.builder("sluice.mapping.earlier", earlier)
                .description("Rules of before a reload, by which what was written then is still read")
                .register(registry);
        Gauge.builder("sluice.mapping.earlier.limit", () -> max)
                .description("Most rules of before a reload that are kept")
                .register(registry);
    }

    void watch(List<TailThread> tails) {
        gauge(
                "sluice.tail.partitions",
                "Partitions that are read live",
                tails,
                list -> sum(list, TailThread::partitions));
        gauge(
                "sluice.tail.topics.denied",
                "Kafka topics in demand that Kafka does not let Sluice read; the log names them",
                tails,
                list -> sum(list, TailThread::topicsDenied));
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

    private static double sum(List<TailThread> tails, ToDoubleFunction<TailThread> value) {
        double sum = 0;
        for (TailThread tail : tails) {
            sum += value.applyAsDouble(tail);
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

    void onSkipped(SkipReason reason) {
        Counter counter = skipped.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }

    void onBug() {
        bugs.increment();
    }
}
