package io.sluice.mqtt.connection;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.mqtt.auth.Action;
import io.sluice.mqtt.auth.Client;
import io.sluice.mqtt.auth.Decision;
import io.sluice.mqtt.metrics.PerConstant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what the rules allow and deny, and says of a denial which rule it was. Safe for all threads. */
final class AccessMeters {

    /** A client that asks again and again must not fill the log. */
    private static final long LOG_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Logger log = LoggerFactory.getLogger(AccessMeters.class);

    private final PerConstant<Action, Counter> allowed;
    private final PerConstant<Action, Counter> denied;
    private final Counter revoked;
    private final LongSupplier nanoTime;
    private final AtomicLong nextLogNanos;
    private final AtomicLong unlogged = new AtomicLong();

    AccessMeters(MeterRegistry registry, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.nextLogNanos = new AtomicLong(nanoTime.getAsLong());
        allowed = new PerConstant<>(Action.class, action -> counter(registry, action, "allowed"));
        denied = new PerConstant<>(Action.class, action -> counter(registry, action, "denied"));
        revoked = Counter.builder("sluice.subscriptions.revoked")
                .description(
                        "Subscriptions that were ended, or not taken up, since the rules do not allow them any more")
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, Action action, String outcome) {
        return Counter.builder("sluice.authorizations")
                .description("What clients asked for, by what the rules say; nothing while there are no rules")
                .tag("action", action.id())
                .tag("outcome", outcome)
                .register(registry);
    }

    /**
     * @param topic the topic name or filter that was asked for
     */
    void decided(Client client, Decision decision, String topic) {
        if (decision.allowed()) {
            allowed.get(decision.action()).increment();
            return;
        }
        denied.get(decision.action()).increment();
        explain(client, decision, topic);
    }

    void revoked(int subscriptions) {
        revoked.increment(subscriptions);
    }

    private void explain(Client client, Decision decision, String topic) {
        long now = nanoTime.getAsLong();
        long next = nextLogNanos.get();
        if (now - next < 0 || !nextLogNanos.compareAndSet(next, now + LOG_INTERVAL_NANOS)) {
            unlogged.incrementAndGet();
            return;
        }
        log.atInfo()
                .addKeyValue("clientId", client.clientId())
                .addKeyValue("userName", client.principal().userName())
                .addKeyValue("listener", client.listener())
                .addKeyValue("action", decision.action().id())
                .addKeyValue("topic", topic)
                .addKeyValue("rule", decision.rule())
                .addKeyValue("furtherDenials", unlogged.getAndSet(0))
                .log("Denied");
    }
}
