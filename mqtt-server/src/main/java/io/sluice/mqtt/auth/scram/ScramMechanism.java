package io.sluice.mqtt.auth.scram;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.mqtt.auth.Credentials;
import io.sluice.mqtt.auth.EnhancedExchange;
import io.sluice.mqtt.auth.shared.AuthenticationPool;
import io.sluice.mqtt.auth.shared.Backoff;
import io.sluice.mqtt.auth.shared.Failures;
import io.sluice.mqtt.auth.shared.Hmac;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.Supplier;

/** SCRAM-SHA-256 for the users of one authenticator. Safe for all threads. */
public final class ScramMechanism {

    /** The Authentication Method of CONNECT. */
    public static final String METHOD = "SCRAM-SHA-256";

    /** Longest message of the client, in bytes; its name and nonce are all that varies. */
    static final int MESSAGE_BYTES_MAX = 1_024;

    private static final int NONCE_BYTES = 24;
    private static final int FAKE_KEY_BYTES = 32;

    final ScramUsers users;
    final AuthenticationPool pool;
    final Backoff backoff;
    final Failures<ScramFailure> failures;
    private final Supplier<String> nonces;
    private final Hmac fakeSalts;

    /** @param authenticator its name in the configuration */
    public ScramMechanism(
            String authenticator, ScramUsers users, AuthenticationPool pool, Backoff backoff, MeterRegistry registry) {
        this(authenticator, users, pool, backoff, registry, randomNonces());
    }

    ScramMechanism(
            String authenticator,
            ScramUsers users,
            AuthenticationPool pool,
            Backoff backoff,
            MeterRegistry registry,
            Supplier<String> nonces) {
        this.users = users;
        this.pool = pool;
        this.backoff = backoff;
        this.nonces = nonces;
        failures = new Failures<>(ScramFailure.class, authenticator, registry);
        byte[] key = new byte[FAKE_KEY_BYTES];
        new SecureRandom().nextBytes(key);
        fakeSalts = Hmac.sha256(key);
    }

    private static Supplier<String> randomNonces() {
        SecureRandom random = new SecureRandom();
        return () -> {
            byte[] nonce = new byte[NONCE_BYTES];
            random.nextBytes(nonce);
            return Base64.getEncoder().encodeToString(nonce);
        };
    }

    /** A new exchange. */
    public EnhancedExchange exchange(Credentials credentials) {
        return new ScramExchange(this, credentials);
    }

    /** 192 random bits, printable and without a comma. */
    String nonce() {
        return nonces.get();
    }

    /**
     * What a user that is not there is held against: the same salt each time it is asked for, and no password proves
     * it.
     */
    ScramCredential decoy(String userName) {
        byte[] bytes = fakeSalts.of(userName.getBytes(UTF_8));
        byte[] nothing = fakeSalts.of(bytes);
        byte[] salt = Arrays.copyOf(bytes, Math.min(bytes.length, users.saltBytesOfUnknown()));
        return new ScramCredential(salt, users.iterationsOfUnknown(), nothing, nothing);
    }
}
