package io.sluice.mqtt.auth.jwt;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.mqtt.auth.AuthOutcome;
import io.sluice.mqtt.auth.Authenticator;
import io.sluice.mqtt.auth.Credentials;
import io.sluice.mqtt.auth.shared.AuthenticationPool;
import io.sluice.mqtt.auth.shared.Failures;
import io.sluice.mqtt.message.Payload;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Lets in whoever has a token that one of the keys has signed, as the user that it names, until it ends. Safe for all
 * threads; signatures are checked on the pool's. Keys that are taken away end nobody who is in: the token's end does.
 */
public final class JwtAuthenticator implements Authenticator {

    private final JwtSettings settings;
    private final TokenKeys keys;
    private final AuthenticationPool pool;
    private final LongSupplier epochMillis;
    private final Failures<JwtFailure> failures;

    /**
     * @param name of this authenticator in the configuration: a label of its meters
     * @param epochMillis now, in ms since 1970
     * @throws IllegalArgumentException if the algorithms are not those of the keys: a secret has its own, and public keys
     *     never serve as one
     */
    public JwtAuthenticator(
            String name,
            JwtSettings settings,
            TokenKeys keys,
            AuthenticationPool pool,
            LongSupplier epochMillis,
            MeterRegistry registry) {
        this.settings = settings;
        this.keys = keys;
        this.pool = pool;
        this.epochMillis = epochMillis;
        failures = new Failures<>(JwtFailure.class, name, registry);
        boolean secret = keys instanceof FixedKeys fixed && fixed.current().isSymmetric();
        if (!(secret ? JwtSettings.SYMMETRIC : JwtSettings.ASYMMETRIC).containsAll(settings.algorithms())) {
            throw new IllegalArgumentException("algorithms: " + settings.algorithms() + " with "
                    + (secret ? "a secret" : "public keys") + " (expected: of "
                    + (secret ? JwtSettings.SYMMETRIC : JwtSettings.ASYMMETRIC) + ")");
        }
    }

    @Override
    public Mono<AuthOutcome> authenticate(Credentials credentials) {
        return Mono.defer(() -> {
            Payload token = token(credentials);
            if (token == null || token.isEmpty()) {
                return Mono.just(failures.deny(JwtFailure.NO_TOKEN, "no token where it belongs"));
            }
            if (token.size() > settings.tokenBytesMax()) {
                return Mono.just(failures.deny(
                        JwtFailure.TOO_LONG,
                        token.size() + " bytes (expected: at most " + settings.tokenBytesMax() + ")"));
            }
            return decide(token);
        });
    }

    private @Nullable Payload token(Credentials credentials) {
        String userName = credentials.userName();
        return switch (settings.field()) {
            case PASSWORD -> credentials.password();
            case USER_NAME -> userName == null ? null : Payload.of(userName);
        };
    }

    private Mono<AuthOutcome> decide(Payload token) {
        return pool.compute(() -> attempt(token, false), this::busy)
                .flatMap(attempt -> attempt.refreshed() == null
                        ? Mono.justOrEmpty(attempt.outcome())
                        // Newer keys are looked for once; whatever comes of that, the next word is the last.
                        : Mono.fromCompletionStage(attempt.refreshed())
                                .then(pool.compute(() -> attempt(token, true), this::busy))
                                .mapNotNull(Attempt::outcome));
    }

    /**
     * What came of looking at a token.
     *
     * @param outcome the last word, or null
     * @param refreshed after this it is worth looking again; null if there is nothing to wait for
     */
    private record Attempt(
            @Nullable AuthOutcome outcome, @Nullable CompletionStage<?> refreshed) {}

    private Attempt busy() {
        return new Attempt(failures.deny(JwtFailure.BUSY, "no thread was free to check the signature"), null);
    }

    /** On a thread of the pool. */
    private Attempt attempt(Payload token, boolean last) {
        if (keys instanceof JwksUrl url && url.isDue()) {
            url.refresh();
        }
        try {
            Token parsed = Token.parse(new String(token.bytes(), UTF_8), settings.algorithms());
            KeySet current = keys.current();
            List<TokenKey> candidates =
                    current == null ? List.of() : current.candidates(parsed.algorithm(), parsed.keyId());
            if (candidates.isEmpty() && !last) {
                return new Attempt(null, keys.refresh());
            }
            if (current == null) {
                throw new TokenError(JwtFailure.NO_KEYS, "there have never been any keys");
            }
            return new Attempt(judge(parsed, candidates), null);
        } catch (TokenError error) {
            return new Attempt(failures.deny(error.failure(), error.found()), null);
        }
    }

    private AuthOutcome judge(Token token, List<TokenKey> candidates) throws TokenError {
        if (candidates.isEmpty()) {
            throw new TokenError(
                    JwtFailure.UNKNOWN_KEY, "signed by a key that is not known, or is not for that algorithm");
        }
        for (TokenKey key : candidates) {
            if (key.hasSigned(token.header(), token.signed(), token.signature())) {
                return AuthOutcome.accepted(new Claims(settings, token.claims()).principal(epochMillis.getAsLong()));
            }
        }
        throw new TokenError(JwtFailure.SIGNATURE, "a signature by nobody whose key is known");
    }
}
