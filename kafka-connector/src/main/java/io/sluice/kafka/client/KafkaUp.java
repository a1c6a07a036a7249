package io.sluice.kafka.client;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;

/**
 * Whether Kafka answers: it did within the last 10 s. Safe for all threads: one volatile time; a lost race costs
 * milliseconds of precision.
 */
public final class KafkaUp {

    private static final long FRESH_NANOS = Duration.ofSeconds(10).toNanos();

    private final Clock clock;
    private volatile long lastSuccessNanos;
    private volatile boolean everSucceeded;

    public KafkaUp(MeterRegistry registry) {
        clock = registry.config().clock();
        Gauge.builder("sluice.kafka.up", this, up -> up.isUp() ? 1 : 0)
                .description("1 when a metadata or produce request succeeded in the last 10 s")
                .strongReference(true)
                .register(registry);
    }

    /** A request succeeded. */
    public void onSuccess() {
        lastSuccessNanos = clock.monotonicTime();
        everSucceeded = true;
    }

    public boolean isUp() {
        return everSucceeded && clock.monotonicTime() - lastSuccessNanos < FRESH_NANOS;
    }
}
