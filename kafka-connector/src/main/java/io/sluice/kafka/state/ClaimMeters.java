package io.sluice.kafka.state;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts what became of claims. Safe for all threads. */
final class ClaimMeters {

    private final Counter granted;
    private final Counter waited;
    private final Counter lost;

    ClaimMeters(MeterRegistry registry) {
        granted = counter("granted", registry);
        waited = counter("waited", registry);
        lost = counter("lost", registry);
    }

    private static Counter counter(String outcome, MeterRegistry registry) {
        return Counter.builder("sluice.ownership.claims")
                .description("Claims of sessions by what became of them")
                .tag("outcome", outcome)
                .register(registry);
    }

    /** It owns the session. */
    void granted(boolean hasWaited) {
        (hasWaited ? waited : granted).increment();
    }

    /** Another claim came before its turn. */
    void lost() {
        lost.increment();
    }
}
