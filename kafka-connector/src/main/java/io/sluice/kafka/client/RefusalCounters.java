package io.sluice.kafka.client;

import io.micrometer.core.instrument.Counter;
import io.sluice.mqtt.port.Refusal;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** One counter for each refusal that may happen here, there from the start. Safe for all threads. */
public final class RefusalCounters {

    private final Map<Refusal, Counter> counters = new ConcurrentHashMap<>();
    private final Function<Refusal, Counter> make;

    /**
     * @param expected those that there is a way to; another is counted all the same, from its first time on
     * @param make makes the counter of a refusal
     */
    public RefusalCounters(Set<Refusal> expected, Function<Refusal, Counter> make) {
        this.make = make;
        expected.forEach(refusal -> counters.computeIfAbsent(refusal, make));
    }

    public void increment(Refusal refusal) {
        counters.computeIfAbsent(refusal, make).increment();
    }
}
