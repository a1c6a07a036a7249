package io.sluice.app.runtime;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Client ids for clients that bring none [MQTT-3.1.3-6]: unique in this process by a counter, among all by 64 random
 * bits. Safe for all threads, and never waits for entropy on an event loop.
 */
final class AssignedClientIds implements Supplier<String> {

    private final String prefix = "auto-" + Long.toUnsignedString(new SecureRandom().nextLong(), 36) + "-";
    private final AtomicLong next = new AtomicLong();

    @Override
    public String get() {
        return prefix + Long.toString(next.incrementAndGet(), 36);
    }
}
