package io.sluice.mqtt.auth.shared;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.mqtt.auth.AuthOutcome;
import io.sluice.mqtt.metrics.PerConstant;

/** Refuses, and counts by cause. Safe for all threads. */
public final class Failures<E extends Enum<E> & Cause> {

    private final PerConstant<E, Counter> counters;

    /** @param authenticator its name in the configuration */
    public Failures(Class<E> causes, String authenticator, MeterRegistry registry) {
        counters = new PerConstant<>(causes, cause -> Counter.builder("sluice.authentication.failures")
                .description("Authentications refused, by cause")
                .tag("authenticator", authenticator)
                .tag("reason", cause.id())
                .register(registry));
    }

    /** @param detail for the operator's log, without any secret */
    public AuthOutcome deny(E cause, String detail) {
        counters.get(cause).increment();
        return new AuthOutcome.Denied(cause.reasonCode(), cause.id() + ": " + detail);
    }
}
