package io.sluice.mqtt.auth.password;

import static io.sluice.mqtt.auth.shared.AnswerCache.part;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sluice.mqtt.auth.AuthOutcome;
import io.sluice.mqtt.auth.Authenticator;
import io.sluice.mqtt.auth.Credentials;
import io.sluice.mqtt.auth.EnhancedExchange;
import io.sluice.mqtt.auth.Peer;
import io.sluice.mqtt.auth.Principal;
import io.sluice.mqtt.auth.scram.ScramMechanism;
import io.sluice.mqtt.auth.shared.AnswerCache;
import io.sluice.mqtt.auth.shared.AuthenticationPool;
import io.sluice.mqtt.auth.shared.Backoff;
import io.sluice.mqtt.auth.shared.Failures;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.metrics.Buckets;
import io.sluice.mqtt.metrics.PerConstant;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Lets in the users of a password file, by their password or by SCRAM. Safe for all threads. Hashes are computed on the
 * pool's threads; an unknown user takes as long as most known ones.
 */
public final class PasswordAuthenticator implements Authenticator {

    private final PasswordSettings settings;
    private final AuthenticationPool pool;
    private final LongSupplier nanoClock;
    private final Backoff backoff;
    private final AnswerCache<PasswordUser> cache;
    private final Failures<PasswordFailure> failures;
    private final PerConstant<Algorithm, Timer> hashDuration;
    private final @Nullable ScramMechanism scram;
    private volatile PasswordUsers users;

    /** @param name of this authenticator in the configuration: a label of its meters */
    public PasswordAuthenticator(
            String name,
            PasswordSettings settings,
            PasswordUsers users,
            AuthenticationPool pool,
            LongSupplier nanoClock,
            MeterRegistry registry) {
        this.settings = settings;
        this.users = users;
        this.pool = pool;
        this.nanoClock = nanoClock;
        backoff = new Backoff(name, settings.backoff(), nanoClock, registry);
        cache = new AnswerCache<>(name, settings.cache(), nanoClock, registry);
        failures = new Failures<>(PasswordFailure.class, name, registry);
        hashDuration =
                new PerConstant<>(Algorithm.class, algorithm -> Timer.builder("sluice.authentication.hash.duration")
                        .description("How long it took to compute the hash of a password")
                        .tag("authenticator", name)
                        .tag("method", algorithm.id())
                        .serviceLevelObjectives(Buckets.latency())
                        .register(registry));
        scram = settings.scramAllowed()
                ? new ScramMechanism(name, new FileScramUsers(() -> this.users), pool, backoff, registry)
                : null;
        Gauge.builder("sluice.authentication.users", this, self -> self.users.size())
                .description("Users of the password file in force")
                .tag("authenticator", name)
                .register(registry);
    }

    /** From now on these are the users: all at once. Whoever is in is asked about by {@link #isStillValid}. */
    public void replace(PasswordUsers next) {
        users = next;
        cache.clear();
    }

    @Override
    public Mono<AuthOutcome> authenticate(Credentials credentials) {
        return Mono.defer(() -> decide(credentials));
    }

    private Mono<AuthOutcome> decide(Credentials credentials) {
        String userName = credentials.userName();
        Payload password = credentials.password();
        if (!settings.passwordAllowed()) {
            return deny(PasswordFailure.NOT_OFFERED, "a password (expected: authentication by SCRAM)");
        }
        if (userName == null || userName.isEmpty()) {
            return deny(PasswordFailure.NO_USER_NAME, "no user name");
        }
        // A user name alone is nobody: not with an empty password either.
        if (password == null || password.isEmpty()) {
            return deny(PasswordFailure.NO_PASSWORD, "no password");
        }
        if (userName.length() > PasswordUser.NAME_BYTES_MAX || password.size() > settings.passwordBytesMax()) {
            return deny(PasswordFailure.TOO_LONG, "a user name or password longer than any may be");
        }
        AuthOutcome wait = mustWait(credentials.peer(), userName);
        if (wait != null) {
            return Mono.just(wait);
        }
        PasswordUser known = users.find(userName);
        if (known != null) {
            PasswordUser remembered = cache.find(key(known, password));
            if (remembered != null) {
                return Mono.just(AuthOutcome.accepted(remembered.principal()));
            }
        }
        return pool.compute(
                () -> verify(userName, password, credentials.peer()),
                () -> failures.deny(PasswordFailure.BUSY, "no thread was free to compute the hash"));
    }

    private Mono<AuthOutcome> deny(PasswordFailure cause, String detail) {
        return Mono.just(failures.deny(cause, detail));
    }

    private @Nullable AuthOutcome mustWait(Peer peer, String userName) {
        Duration remaining = backoff.remaining(peer, userName);
        return remaining.isZero()
                ? null
                : failures.deny(
                        PasswordFailure.BACK_OFF,
                        "too many failures; is looked at again in " + remaining.toMillis() + " ms");
    }

    private Payload key(PasswordUser user, Payload password) {
        return cache.key(part(user.name()), part(user.hash().encoded()), part(password));
    }

    /** On a thread of the pool. */
    private AuthOutcome verify(String userName, Payload password, Peer peer) {
        // Again: of many that were sent at once only the first few are worth a hash.
        AuthOutcome wait = mustWait(peer, userName);
        if (wait != null) {
            return wait;
        }
        PasswordUsers current = users;
        PasswordUser user = current.find(userName);
        if (user != null && cache.find(key(user, password)) != null) {
            // A fleet that shares a user name and password comes back at once: its first member's hash is for all.
            return AuthOutcome.accepted(user.principal());
        }
        PasswordHash hash = user == null ? current.decoy() : user.hash();
        long since = nanoClock.getAsLong();
        boolean matches = hash.matches(password.bytes());
        hashDuration.get(hash.algorithm()).record(nanoClock.getAsLong() - since, TimeUnit.NANOSECONDS);
        if (user == null || !matches) {
            backoff.failed(peer, userName);
            // Without the name: many a password was typed where the name belongs.
            return user == null
                    ? failures.deny(PasswordFailure.UNKNOWN_USER, "there is no such user")
                    : failures.deny(PasswordFailure.WRONG_PASSWORD, "wrong password of user \"" + userName + "\"");
        }
        backoff.succeeded(peer, userName);
        cache.remember(key(user, password), user);
        return AuthOutcome.accepted(user.principal());
    }

    @Override
    public @Nullable EnhancedExchange exchange(String method, Credentials credentials) {
        return scram != null && method.equals(ScramMechanism.METHOD) ? scram.exchange(credentials) : null;
    }

    /** Whether the user is still there, with the same hash and the same groups. */
    @Override
    public CompletionStage<Boolean> isStillValid(Principal principal) {
        String userName = principal.userName();
        PasswordUser user = userName == null ? null : users.find(userName);
        return CompletableFuture.completedStage(
                user != null && user.principal().proof().equals(principal.proof()));
    }
}
