package io.sluice.kafka.topic;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.kafka.client.RefusalCounters;
import io.sluice.mqtt.port.Refusal;
import java.util.EnumSet;
import java.util.Set;

/** Counts what became of topic creations. Immutable; the counters are safe for all threads. */
final class CreationMeters {

    private static final Set<Refusal> POSSIBLE =
            EnumSet.of(Refusal.NOT_AUTHORIZED, Refusal.TOPIC_NAME, Refusal.TOPIC_LIMIT, Refusal.KAFKA);

    private final Counter created;
    private final Counter existed;
    private final Counter retried;
    private final RefusalCounters refused;

    CreationMeters(MeterRegistry registry) {
        created = counter(registry, "created");
        existed = counter(registry, "existed");
        retried = counter(registry, "retried");
        refused = new RefusalCounters(POSSIBLE, refusal -> counter(registry, refusal.id()));
    }

    private static Counter counter(MeterRegistry registry, String outcome) {
        return Counter.builder("sluice.kafka.topic.creations")
                .description("Topic creations by outcome: created, existed, retried, or the reason of the refusal")
                .tag("outcome", outcome)
                .register(registry);
    }

    void created() {
        created.increment();
    }

    void existed() {
        existed.increment();
    }

    void retried() {
        retried.increment();
    }

    void refused(Refusal refusal) {
        refused.increment(refusal);
    }
}
