package io.sluice.kafka.client;

import io.micrometer.core.instrument.Counter;
import io.sluice.mqtt.port.Refusal;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** One counter for each refusal, there from the start. Immutable; the counters are safe for all threads. */
public final class RefusalCounters {

    private final Map<Refusal, Counter> counters = new EnumMap<>(Refusal.class);

    public RefusalCounters(Function<Refusal, Counter> counter) {
        for (Refusal refusal : Refusal.values()) {
            counters.put(refusal, counter.apply(refusal));
        }
    }

    public void increment(Refusal refusal) {
        Objects.requireNonNull(counters.get(refusal)).increment();
    }
}
