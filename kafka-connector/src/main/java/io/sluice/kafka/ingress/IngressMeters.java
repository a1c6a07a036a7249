package io.sluice.kafka.ingress;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sluice.kafka.format.FormatSettings;
import io.sluice.kafka.format.IngressFormat;
import io.sluice.kafka.format.RuleFormats;
import io.sluice.mqtt.metrics.Buckets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The meters of the way in, there from the start. Safe for all threads. */
final class IngressMeters {

    /** The rule label of what no rule matched. */
    private static final String NO_RULE = "none";

    private final MeterRegistry registry;
    private final RuleFormats formats;
    private final Map<String, RuleMeters> rules = new ConcurrentHashMap<>();
    private final Map<ProduceError, Counter> errors = new EnumMap<>(ProduceError.class);
    private final Timer produceDuration;
    private final Counter bugs;

    IngressMeters(Iterable<String> ruleNames, RuleFormats formats, MeterRegistry registry) {
        this.registry = registry;
        this.formats = formats;
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
                .serviceLevelObjectives(Buckets.latency())
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
        return rules.computeIfAbsent(
                name, rule -> new RuleMeters(rule.isEmpty() ? NO_RULE : rule, kind(rule), registry));
    }

    private RuleMeters.Kind kind(String rule) {
        if (rule.isEmpty()) {
            return RuleMeters.Kind.NO_RULE;
        }
        IngressFormat format = formats.ingress(rule);
        if (format == null) {
            return RuleMeters.Kind.RAW;
        }
        return format.settings().onError() == FormatSettings.OnError.REFUSE
                ? RuleMeters.Kind.REFUSING
                : RuleMeters.Kind.DEAD_LETTERING;
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
