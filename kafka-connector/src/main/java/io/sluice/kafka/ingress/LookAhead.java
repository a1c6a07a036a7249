package io.sluice.kafka.ingress;

import java.util.concurrent.atomic.AtomicLong;

/** The bytes that wait before the gate in all lanes together. Safe for all threads: one atomic number. */
final class LookAhead {

    private final long bytesMax;
    private final AtomicLong bytes = new AtomicLong();

    LookAhead(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    void add(long added) {
        bytes.addAndGet(added);
    }

    boolean isUsedUp() {
        return bytes.get() >= bytesMax;
    }

    long bytes() {
        return bytes.get();
    }
}
