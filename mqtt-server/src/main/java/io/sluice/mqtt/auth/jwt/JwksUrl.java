package io.sluice.mqtt.auth.jwt;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.mqtt.auth.shared.HttpCaller;
import io.sluice.mqtt.auth.shared.HttpOutcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys from an identity provider's URL. Safe for all threads. Fetched when it is made, when they are old, and when a token names a key that is not there; one request at a time, and never two within
 * {@link JwksSettings#refreshMin}. What cannot be fetched changes nothing: the last keys stay in force.
 */
public final class JwksUrl implements TokenKeys, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(JwksUrl.class);
    private static final String ACCEPT = "application/jwk-set+json, application/json";
    private static final int OK = 200;

    private final String authenticator;
    private final JwksSettings settings;
    private final LongSupplier nanoClock;
    private final LongSupplier epochMillis;
    private final HttpCaller caller;
    private final AtomicReference<@Nullable CompletableFuture<Void>> running = new AtomicReference<>();
    private volatile @Nullable KeySet keys;
    private volatile long lastRequestNanos;
    private volatile long lastSuccessMillis;
    private volatile boolean isFailing;

    /** @param authenticator its name in the configuration: a label of its meters */
    public JwksUrl(
            String authenticator,
            JwksSettings settings,
            LongSupplier nanoClock,
            LongSupplier epochMillis,
            MeterRegistry registry) {
        this.authenticator = authenticator;
        this.settings = settings;
        this.nanoClock = nanoClock;
        this.epochMillis = epochMillis;
        caller = new HttpCaller(authenticator, settings.http(), nanoClock, registry);
        lastRequestNanos = nanoClock.getAsLong() - settings.refreshMin().toNanos();
        Gauge.builder("sluice.jwks.last.success.timestamp", this, self -> self.lastSuccessMillis / 1e3)
                .description("When keys were fetched the last time, in seconds since 1970; 0 for never")
                .baseUnit("seconds")
                .tag("authenticator", authenticator)
                .register(registry);
        Gauge.builder("sluice.jwks.keys", this, JwksUrl::count)
                .description("Keys that signatures of tokens are checked by")
                .tag("authenticator", authenticator)
                .register(registry);
        refresh();
    }

    private double count() {
        KeySet current = keys;
        return current == null ? 0 : current.size();
    }

    @Override
    public @Nullable KeySet current() {
        return keys;
    }

    /** Whether the keys are so old that they should be looked for, besides going on with them. */
    boolean isDue() {
        return nanoClock.getAsLong() - lastRequestNanos
                >= settings.refreshEvery().toNanos();
    }

    /** Looks for the keys when they are old: to be called now and then, so that they change though nobody comes. */
    public void refreshIfDue() {
        if (isDue()) {
            var unused = refresh();
        }
    }

    @Override
    public CompletionStage<?> refresh() {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> other = running.compareAndExchange(null, mine);
        if (other != null) {
            // A copy for each: who does not wait any longer ends it for nobody else.
            return other.copy();
        }
        long now = nanoClock.getAsLong();
        Duration least = keys == null ? settings.retryMin() : settings.refreshMin();
        if (now - lastRequestNanos < least.toNanos()) {
            end(mine);
            return mine.copy();
        }
        lastRequestNanos = now;
        caller.get(ACCEPT).whenComplete((answer, never) -> {
            try {
                take(answer);
            } finally {
                end(mine);
            }
        });
        return mine.copy();
    }

    private void end(CompletableFuture<Void> mine) {
        running.set(null);
        mine.complete(null);
    }

    private void take(HttpCaller.Answer answer) {
        if (answer.outcome() != HttpOutcome.ANSWERED) {
            failed(answer.outcome(), "no answer: " + answer.outcome().id());
        } else if (answer.status() != OK) {
            failed(HttpOutcome.STATUS, "status " + answer.status() + " (expected: 200)");
        } else {
            try {
                keys = KeySet.parse(answer.body());
                succeeded();
            } catch (KeyProblem problem) {
                failed(HttpOutcome.MALFORMED, String.valueOf(problem.getMessage()));
            }
        }
    }

    private void succeeded() {
        lastSuccessMillis = epochMillis.getAsLong();
        caller.count(HttpOutcome.ANSWERED);
        if (isFailing) {
            isFailing = false;
            log.atInfo().addKeyValue("authenticator", authenticator).log("Keys can be fetched again");
        }
    }

    private void failed(HttpOutcome outcome, String cause) {
        caller.count(outcome);
        boolean first = !isFailing;
        isFailing = true;
        (first ? log.atWarn() : log.atDebug())
                .addKeyValue("authenticator", authenticator)
                .addKeyValue("cause", cause)
                .log("Keys cannot be fetched; the last ones stay in force");
    }

    @Override
    public void close() {
        caller.close();
    }
}
