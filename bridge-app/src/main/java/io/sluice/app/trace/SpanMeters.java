package io.sluice.app.trace;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.mqtt.metrics.PerConstant;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** What becomes of spans. Safe for all threads. */
public final class SpanMeters {

    /** Spans that wait for the collector, at most: so a collector that is away costs some MiB and no message. */
    static final int WAITING_MAX = 4_096;

    /** What became of a span. */
    enum Outcome {
        EXPORTED,
        /** The collector refused it, or was not there. */
        FAILED,
        /** Too many waited. */
        DROPPED
    }

    private final AtomicLong waiting = new AtomicLong();
    private final PerConstant<Outcome, Counter> outcomes;

    public SpanMeters(MeterRegistry registry) {
        outcomes = new PerConstant<>(Outcome.class, outcome -> Counter.builder("sluice.trace.spans")
                .description("Spans, by what became of them; none without observability.tracing.endpoint")
                .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                .register(registry));
        Gauge.builder("sluice.trace.waiting", waiting, AtomicLong::get)
                .description("Spans that wait for the collector")
                .strongReference(true)
                .register(registry);
        Gauge.builder("sluice.trace.waiting.limit", () -> WAITING_MAX)
                .description("Most of them; more are dropped")
                .register(registry);
    }

    /** Whether a span that has ended may wait for the collector; when not, it is counted as dropped. */
    boolean enter() {
        if (waiting.incrementAndGet() <= WAITING_MAX) {
            return true;
        }
        waiting.decrementAndGet();
        outcomes.get(Outcome.DROPPED).increment();
        return false;
    }

    /** They wait no more. */
    void leave(int spans, boolean exported) {
        waiting.addAndGet(-spans);
        outcomes.get(exported ? Outcome.EXPORTED : Outcome.FAILED).increment(spans);
    }
}
