package io.sluice.mqtt.connection;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says now and then that a limit is reached, by the name of its key: the counters say how often. Safe for all threads. */
final class LimitLog {

    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final Logger log = LoggerFactory.getLogger(LimitLog.class);

    /** A limit that clients can reach. */
    enum Limit {
        CONNECTIONS("limits.connections"),
        LISTENER_CONNECTIONS("listeners.*.limits.connections"),
        CONNECTIONS_PER_ADDRESS("limits.connections-per-address"),
        PER_CLIENT("limits.per-client");

        private final String key;

        Limit(String key) {
            this.key = key;
        }
    }

    private static final class Last {
        final AtomicLong nextNanos;
        final AtomicLong unlogged = new AtomicLong();

        Last(long nowNanos) {
            nextNanos = new AtomicLong(nowNanos);
        }
    }

    private final LongSupplier nanoTime;
    private final Map<Limit, Last> lasts = new EnumMap<>(Limit.class);

    LimitLog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        for (Limit limit : Limit.values()) {
            lasts.put(limit, new Last(nanoTime.getAsLong()));
        }
    }

    /**
     * The limit is reached.
     *
     * @param who the address or the client id
     */
    void reached(Limit limit, String listener, Object who) {
        Last last = lasts.get(limit);
        if (last == null) {
            throw new IllegalStateException("limit " + limit + " (expected: one that was there from the start)");
        }
        long now = nanoTime.getAsLong();
        long next = last.nextNanos.get();
        if (now - next < 0 || !last.nextNanos.compareAndSet(next, now + INTERVAL_NANOS)) {
            last.unlogged.incrementAndGet();
            return;
        }
        log.atInfo()
                .addKeyValue("limit", limit.key.replace("*", listener))
                .addKeyValue("listener", listener)
                .addKeyValue("of", who)
                .addKeyValue("furtherTimes", last.unlogged.getAndSet(0))
                .log("Limit reached");
    }
}
