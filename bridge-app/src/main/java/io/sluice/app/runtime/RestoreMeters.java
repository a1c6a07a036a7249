package io.sluice.app.runtime;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.util.concurrent.TimeUnit;

/** How long it took to read the state back from Kafka, and whether that is done. Safe for all threads. */
final class RestoreMeters {

    private final long startNanos = System.nanoTime();
    private volatile long tookNanos;
    private volatile boolean done;

    RestoreMeters(MeterRegistry registry) {
        Gauge.builder("sluice.state.ready", this, self -> self.done ? 1 : 0)
                .description("1 when sessions and retained messages are read back")
                .strongReference(true)
                .register(registry);
        TimeGauge.builder(
                        "sluice.state.restore.duration",
                        this,
                        TimeUnit.NANOSECONDS,
                        self -> self.done ? self.tookNanos : System.nanoTime() - self.startNanos)
                .description("How long it took to read them back, or takes until now")
                .strongReference(true)
                .register(registry);
    }

    void done() {
        tookNanos = System.nanoTime() - startNanos;
        done = true;
    }
}
