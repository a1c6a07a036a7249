package io.sluice.kafka.ingress;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that wait before the gate in all lanes together, and what each lane may have of them. Safe for all threads:
 * two atomic numbers.
 */
final class LookAhead {

    private final long bytesMax;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger lanes = new AtomicInteger();

    LookAhead(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** One more lane, which gets its share. */
    void enter() {
        lanes.incrementAndGet();
    }

    void leave() {
        lanes.decrementAndGet();
    }

    void add(long added) {
        bytes.addAndGet(added);
    }

    /** What each lane may have: equal parts, so that nobody's pings stay unread since others have taken everything. */
    long shareBytes() {
        return bytesMax / Math.max(1, lanes.get());
    }

    /** Lanes that came later may have made the shares smaller: the sum is bounded all the same. */
    boolean isUsedUp() {
        return bytes.get() >= bytesMax;
    }

    long bytes() {
        return bytes.get();
    }

    long bytesMax() {
        return bytesMax;
    }
}
