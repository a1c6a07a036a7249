package io.sluice.kafka.ingress;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The meters of the way in, there from the start. Safe for all threads. */
final class IngressMeters {

    /** The rule label of what no rule matched. */
    private static final String NO_RULE = "none";

    private static final Duration[] PRODUCE_BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofNanos(2_500_000),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2_500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30)
    };

    private final MeterRegistry registry;
    private final Map<String, RuleMeters> rules = new ConcurrentHashMap<>();
    private final Map<ProduceError, Counter> errors = new EnumMap<>(ProduceError.class);
    private final Timer produceDuration;
    private final Counter bugs;

    IngressMeters(Iterable<String> ruleNames, MeterRegistry registry) {
        this.registry = registry;
        rule("");
        ruleNames.forEach(this::rule);
        for (ProduceError error : ProduceError.values()) {
            errors.put(
                    error,
                    Counter.builder("sluice.kafka.produce.errors")
                            .description("Failed sends by Kafka's error")
                            .tag("error", error.label())
                            .register(registry));
        }
        produceDuration = Timer.builder("sluice.kafka.produce.duration")
                .description("From send to Kafka's acknowledgement")
                .serviceLevelObjectives(PRODUCE_BUCKETS)
                .register(registry);
        bugs = Counter.builder("sluice.bugs")
                .description("Errors in Sluice itself; the log has the stack")
                .register(registry);
    }

    Clock clock() {
        return registry.config().clock();
    }

    /** The meters of a rule; "" for none. To be kept, not asked for on each message. */
    RuleMeters rule(String name) {
        return rules.computeIfAbsent(name, rule -> new RuleMeters(rule.isEmpty() ? NO_RULE : rule, registry));
    }

    void onProduced(long nanos) {
        produceDuration.record(nanos, TimeUnit.NANOSECONDS);
    }

    void onProduceFailed(ProduceError error) {
        Objects.requireNonNull(errors.get(error)).increment();
    }

    void onBug() {
        bugs.increment();
    }
}
