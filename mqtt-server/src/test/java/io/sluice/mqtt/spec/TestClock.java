package io.sluice.mqtt.spec;

import io.sluice.mqtt.port.EpochClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** The machine's clock, which a test may put forward. Safe for all threads. */
final class TestClock implements EpochClock {

    private final AtomicLong aheadMillis = new AtomicLong();

    void putForward(Duration duration) {
        aheadMillis.addAndGet(duration.toMillis());
    }

    @Override
    public long earliestMillis() {
        return System.currentTimeMillis() + aheadMillis.get();
    }

    @Override
    public long latestMillis() {
        return earliestMillis();
    }
}
