package io.sluice.mqtt.auth.http;

import static io.sluice.mqtt.auth.shared.AnswerCache.part;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.mqtt.auth.AuthOutcome;
import io.sluice.mqtt.auth.Authenticator;
import io.sluice.mqtt.auth.Credentials;
import io.sluice.mqtt.auth.Principal;
import io.sluice.mqtt.auth.shared.AnswerCache;
import io.sluice.mqtt.auth.shared.AuthenticationPool;
import io.sluice.mqtt.auth.shared.Backoff;
import io.sluice.mqtt.auth.shared.Failures;
import io.sluice.mqtt.auth.shared.HttpCaller;
import io.sluice.mqtt.auth.shared.HttpOutcome;
import io.sluice.mqtt.message.Payload;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Lets in whom another server allows. Safe for all threads; requests are begun on the pool's. Whatever is not a clear
 * answer lets nobody in.
 */
public final class WebhookAuthenticator implements Authenticator, AutoCloseable {

    private static final int OK = 200;
    private static final int CLIENT_ERROR = 400;
    private static final int SERVER_ERROR = 500;

    private final WebhookSettings settings;
    private final AuthenticationPool pool;
    private final LongSupplier epochMillis;
    private final HttpCaller caller;
    private final Circuit circuit;
    private final Backoff backoff;
    private final AnswerCache<Principal> cache;
    private final Failures<WebhookFailure> failures;
    private final AtomicInteger requests = new AtomicInteger();

    /**
     * @param name of this authenticator in the configuration: a label of its meters
     * @param epochMillis now, in ms since 1970
     */
    public WebhookAuthenticator(
            String name,
            WebhookSettings settings,
            AuthenticationPool pool,
            LongSupplier nanoClock,
            LongSupplier epochMillis,
            MeterRegistry registry) {
        this.settings = settings;
        this.pool = pool;
        this.epochMillis = epochMillis;
        caller = new HttpCaller(name, settings.http(), nanoClock, registry);
        circuit = new Circuit(settings.circuitFailures(), settings.circuitOpen(), nanoClock);
        backoff = new Backoff(name, settings.backoff(), nanoClock, registry);
        cache = new AnswerCache<>(name, settings.cache(), nanoClock, registry);
        failures = new Failures<>(WebhookFailure.class, name, registry);
        Gauge.builder("sluice.authentication.requests.active", requests, AtomicInteger::get)
                .description("Requests to the authentication server that wait for its answer")
                .tag("authenticator", name)
                .register(registry);
        Gauge.builder("sluice.authentication.requests.active.limit", settings::requestsMax)
                .description("Requests to the authentication server that may wait for its answer")
                .tag("authenticator", name)
                .register(registry);
        Gauge.builder("sluice.authentication.circuit.open", circuit, now -> now.isOpen() ? 1 : 0)
                .description("1 while the authentication server is not asked, because it did not answer")
                .tag("authenticator", name)
                .register(registry);
    }

    @Override
    public Mono<AuthOutcome> authenticate(Credentials credentials) {
        return Mono.defer(() -> decide(credentials));
    }

    private Mono<AuthOutcome> decide(Credentials credentials) {
        AuthOutcome unasked = unasked(credentials);
        if (unasked != null) {
            return Mono.just(unasked);
        }
        Payload key = key(credentials);
        Principal remembered = cache.find(key);
        if (remembered != null && epochMillis.getAsLong() < remembered.expiryEpochMillis()) {
            return Mono.just(AuthOutcome.accepted(remembered));
        }
        return pool.<CompletionStage<AuthOutcome>>compute(
                        () -> begin(credentials, key), () -> CompletableFuture.completedStage(busy()))
                .flatMap(Mono::fromCompletionStage);
    }

    /** What can be said without asking anybody; null if nothing. */
    private @Nullable AuthOutcome unasked(Credentials credentials) {
        String userName = credentials.userName();
        Payload password = credentials.password();
        if ((userName != null && userName.length() > WebhookSettings.USER_NAME_BYTES_MAX)
                || (password != null && password.size() > settings.passwordBytesMax())) {
            return failures.deny(WebhookFailure.TOO_LONG, "a user name or password longer than any may be");
        }
        Duration remaining = backoff.remaining(credentials.peer(), backoffName(credentials));
        if (!remaining.isZero()) {
            return failures.deny(
                    WebhookFailure.BACK_OFF,
                    "too many refusals; is looked at again in " + remaining.toMillis() + " ms");
        }
        return null;
    }

    private static String backoffName(Credentials credentials) {
        String userName = credentials.userName();
        return userName == null ? "" : userName;
    }

    /** Of all that the other server is told. */
    private Payload key(Credentials credentials) {
        return cache.key(
                part(credentials.clientId().value()),
                part(credentials.userName()),
                part(credentials.password()),
                part(credentials.peer().listener()),
                part(WebhookRequest.address(credentials.peer())),
                part(WebhookRequest.subject(credentials.peer())));
    }

    private AuthOutcome busy() {
        return failures.deny(
                WebhookFailure.BUSY, "too many requests at once (expected: at most " + settings.requestsMax() + ")");
    }

    /** On a thread of the pool: what is begun is brought to an end, whether the client still waits for it or not. */
    private CompletionStage<AuthOutcome> begin(Credentials credentials, Payload key) {
        byte[] json = WebhookRequest.json(credentials);
        if (requests.incrementAndGet() > settings.requestsMax()) {
            requests.decrementAndGet();
            return CompletableFuture.completedStage(busy());
        }
        if (!circuit.enter()) {
            requests.decrementAndGet();
            return CompletableFuture.completedStage(
                    failures.deny(WebhookFailure.CIRCUIT_OPEN, "the other server did not answer of late"));
        }
        return caller.post(json)
                .handle((answer, never) -> {
                    requests.decrementAndGet();
                    return judge(answer, credentials, key);
                })
                .copy();
    }

    private AuthOutcome judge(HttpCaller.Answer answer, Credentials credentials, Payload key) {
        try {
            Principal principal = principal(answer, credentials.userName());
            ended(HttpOutcome.ANSWERED);
            backoff.succeeded(credentials.peer(), backoffName(credentials));
            cache.remember(key, principal);
            return AuthOutcome.accepted(principal);
        } catch (WebhookAnswer.Refused refused) {
            switch (refused.failure()) {
                case NO_ANSWER -> ended(answer.outcome());
                case STATUS -> ended(HttpOutcome.STATUS);
                case MALFORMED -> ended(HttpOutcome.MALFORMED);
                default -> ended(HttpOutcome.ANSWERED);
            }
            if (refused.failure() == WebhookFailure.DENIED) {
                backoff.failed(credentials.peer(), backoffName(credentials));
            }
            return failures.deny(refused.failure(), refused.found());
        }
    }

    private void ended(HttpOutcome outcome) {
        caller.count(outcome);
        if (outcome == HttpOutcome.ANSWERED) {
            circuit.succeeded();
        } else {
            circuit.failed();
        }
    }

    private Principal principal(HttpCaller.Answer answer, @Nullable String userName) throws WebhookAnswer.Refused {
        if (answer.outcome() != HttpOutcome.ANSWERED) {
            throw new WebhookAnswer.Refused(
                    WebhookFailure.NO_ANSWER, "no answer: " + answer.outcome().id());
        }
        if (answer.status() >= CLIENT_ERROR && answer.status() < SERVER_ERROR) {
            throw new WebhookAnswer.Refused(WebhookFailure.DENIED, "status " + answer.status());
        }
        if (answer.status() != OK) {
            throw new WebhookAnswer.Refused(
                    WebhookFailure.STATUS, "status " + answer.status() + " (expected: 200, or 4xx for no)");
        }
        return WebhookAnswer.principal(answer.body(), userName, settings.groupsMax(), epochMillis.getAsLong());
    }

    /** Forgets who was allowed: everybody is asked about again. */
    public void forget() {
        cache.clear();
    }

    @Override
    public void close() {
        caller.close();
    }
}
