package io.sluice.kafka.format;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.mqtt.metrics.PerConstant;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/** The meters of a schema registry, there from the start. Safe for all threads. */
final class RegistryMeters {

    /** How a request to the registry ended. */
    enum Outcome {
        ANSWERED,
        /** It says that there is no such schema. */
        MISSING,
        /** Another status than those: its rights, its limits, its own errors. */
        REFUSED,
        /** No answer in time, or none at all. */
        FAILED
    }

    private final PerConstant<Outcome, Counter> requests;
    private final Counter bugs;

    RegistryMeters(IntSupplier pending, BooleanSupplier away, IntSupplier schemas, MeterRegistry registry) {
        requests = new PerConstant<>(Outcome.class, outcome -> Counter.builder("sluice.schema.registry.requests")
                .description("Requests to the schema registry, by how they ended")
                .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                .register(registry));
        bugs = Counter.builder("sluice.bugs")
                .description("Errors in Sluice itself; the log has the stack")
                .register(registry);
        gauge("sluice.schema.registry.pending", "Schemas that were asked for and are not known yet", pending, registry);
        Gauge.builder("sluice.schema.registry.pending.limit", () -> SchemaRegistry.PENDING_MAX)
                .description("Most schemas that may be asked for at once")
                .register(registry);
        gauge("sluice.schema.registry.schemas", "Schemas of the registry that are known", schemas, registry);
        Gauge.builder("sluice.schema.registry.up", () -> away.getAsBoolean() ? 0 : 1)
                .description("1 unless the schema registry did not answer when it was asked last")
                .register(registry);
    }

    void onBug() {
        bugs.increment();
    }

    private static void gauge(String name, String description, IntSupplier value, MeterRegistry registry) {
        Gauge.builder(name, value::getAsInt).description(description).register(registry);
    }

    void count(Outcome outcome) {
        requests.get(outcome).increment();
    }
}
