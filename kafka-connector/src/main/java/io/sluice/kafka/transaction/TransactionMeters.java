package io.sluice.kafka.transaction;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sluice.mqtt.metrics.Buckets;
import io.sluice.mqtt.metrics.PerConstant;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The meters of all group commits of a process. Safe for all threads. */
public final class TransactionMeters {

    /** How a transaction ended. */
    enum Outcome {
        COMMITTED,
        /** Nothing of it is visible; those of its messages that are not at fault go into the next. */
        ABORTED,
        /** Another acts under its transactional id. */
        FENCED
    }

    private final PerConstant<Outcome, Counter> outcomes;
    private final Timer duration;
    private final DistributionSummary messages;

    /** Registers them, or takes those that are registered. */
    public TransactionMeters(MeterRegistry registry) {
        outcomes = new PerConstant<>(Outcome.class, outcome -> Counter.builder("sluice.transactions")
                .description("Group commits, by how they ended")
                .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                .register(registry));
        duration = Timer.builder("sluice.transaction.duration")
                .description("From the begin of a transaction to Kafka's answer to its commit")
                .serviceLevelObjectives(Buckets.latency())
                .register(registry);
        messages = DistributionSummary.builder("sluice.transaction.messages")
                .description("Messages in one commit")
                .serviceLevelObjectives(Buckets.batch())
                .register(registry);
    }

    void onCommitted(int count, long nanos) {
        outcomes.get(Outcome.COMMITTED).increment();
        duration.record(nanos, TimeUnit.NANOSECONDS);
        messages.record(count);
    }

    void onAborted() {
        outcomes.get(Outcome.ABORTED).increment();
    }

    void onFenced() {
        outcomes.get(Outcome.FENCED).increment();
    }
}
