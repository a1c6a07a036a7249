package io.sluice.kafka.clock;

import io.sluice.mqtt.port.EpochClock;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Kafka's clock, from here. Of each record that Kafka has given its time, that time lies between sending and
 * acknowledgement: each such record bounds how far Kafka's clock is from this process's monotonic one, and together they
 * bound it closely. Safe for all threads: the bounds are one immutable value.
 *
 * <p>Until Kafka has told the time for once, this machine's wall clock stands in. Afterwards the wall clock matters no
 * more, however wrong it is and whatever is done to it.
 */
public final class KafkaClock implements EpochClock {

    private static final long NANOS_PER_MILLI = 1_000_000;
    /** What two clocks may run apart, in nanoseconds per second: more than NTP slews. */
    private static final long DRIFT_NANOS_PER_SECOND = 500_000;

    private final LongSupplier wallMillis;
    private final LongSupplier nanos;
    private final AtomicReference<@Nullable Bounds> bounds = new AtomicReference<>();

    /**
     * How far Kafka's clock is ahead of the monotonic one.
     *
     * @param lowNanos at least
     * @param highNanos at most
     * @param atNanos when that was known
     */
    private record Bounds(long lowNanos, long highNanos, long atNanos) {}

    /**
     * A clock that nobody has told the time yet.
     *
     * @param wallMillis this machine's wall clock, in ms since 1970
     * @param nanos monotonic
     */
    public KafkaClock(LongSupplier wallMillis, LongSupplier nanos) {
        this.wallMillis = wallMillis;
        this.nanos = nanos;
    }

    /**
     * Kafka has given a record its time.
     *
     * @param recordMillis the record's time
     * @param sentNanos monotonic, before it was sent
     * @param acknowledgedNanos monotonic, after it was acknowledged
     */
    void onRecordTime(long recordMillis, long sentNanos, long acknowledgedNanos) {
        long low = recordMillis * NANOS_PER_MILLI - acknowledgedNanos;
        long high = (recordMillis + 1) * NANOS_PER_MILLI - sentNanos;
        bounds.updateAndGet(known -> {
            if (known == null) {
                return new Bounds(low, high, acknowledgedNanos);
            }
            long drift = (acknowledgedNanos - known.atNanos) / NANOS_PER_MILLI * DRIFT_NANOS_PER_SECOND / 1000;
            long lower = Math.max(low, known.lowNanos - drift);
            long upper = Math.min(high, known.highNanos + drift);
            // Where the two do not meet, Kafka's clock was set, or another broker leads: the new word counts.
            return lower <= upper
                    ? new Bounds(lower, upper, acknowledgedNanos)
                    : new Bounds(low, high, acknowledgedNanos);
        });
    }

    /** Whether Kafka has told the time. */
    public boolean isKnown() {
        return bounds.get() != null;
    }

    /** How far this machine's wall clock is ahead of Kafka's; 0 while nobody knows. */
    public long wallAheadMillis() {
        return isKnown() ? wallMillis.getAsLong() - earliestMillis() : 0;
    }

    @Override
    public long earliestMillis() {
        Bounds known = bounds.get();
        return known == null
                ? wallMillis.getAsLong()
                : Math.floorDiv(nanos.getAsLong() + known.lowNanos, NANOS_PER_MILLI);
    }

    @Override
    public long latestMillis() {
        Bounds known = bounds.get();
        return known == null
                ? wallMillis.getAsLong()
                : Math.floorDiv(nanos.getAsLong() + known.highNanos, NANOS_PER_MILLI) + 1;
    }
}
