package io.sluice.mqtt.session;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLong;

/** The meters of shared subscriptions. Safe for all threads. */
final class SharedMeters {

    private final AtomicLong groups = new AtomicLong();
    private final AtomicLong subscriptions = new AtomicLong();
    private final AtomicLong unfinished = new AtomicLong();
    private final AtomicLong waiting = new AtomicLong();
    private final Counter redelivered;
    private final Counter stalled;

    SharedMeters(MeterRegistry registry) {
        Gauge.builder("sluice.shared.groups", groups, AtomicLong::get)
                .description("Groups that share a subscription and have members here")
                .register(registry);
        Gauge.builder("sluice.subscriptions", subscriptions, AtomicLong::get)
                .description("Subscriptions of connected sessions")
                .tag("kind", "shared")
                .register(registry);
        Gauge.builder("sluice.shared.unfinished", unfinished, AtomicLong::get)
                .description("Messages of shared subscriptions that were read and that no member has finished")
                .register(registry);
        Gauge.builder("sluice.shared.waiting", waiting, AtomicLong::get)
                .description("Messages of shared subscriptions that wait until a member takes more")
                .register(registry);
        redelivered = Counter.builder("sluice.shared.redelivered")
                .description("Messages of shared subscriptions that a member left unfinished, for another")
                .register(registry);
        stalled = Counter.builder("sluice.shared.stalled")
                .description("Members of shared subscriptions that finished nothing for 30 s, and were passed over")
                .register(registry);
    }

    void groups(int change) {
        groups.addAndGet(change);
    }

    void subscriptions(int change) {
        subscriptions.addAndGet(change);
    }

    void unfinished(int change) {
        unfinished.addAndGet(change);
    }

    void waiting(int change) {
        waiting.addAndGet(change);
    }

    void redelivered(int messages) {
        redelivered.increment(messages);
    }

    void stalled(int members) {
        stalled.increment(members);
    }
}
