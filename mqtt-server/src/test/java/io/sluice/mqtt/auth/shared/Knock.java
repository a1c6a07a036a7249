package io.sluice.mqtt.auth.shared;

import io.sluice.mqtt.auth.AuthOutcome;
import io.sluice.mqtt.auth.Authenticator;
import io.sluice.mqtt.auth.Credentials;
import io.sluice.mqtt.auth.Peer;
import io.sluice.mqtt.auth.Principal;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.ReasonCode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Somebody at the door: what is needed to ask an authenticator. */
public final class Knock {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Knock() {}

    /** Somebody at that address, which is a literal. */
    public static Peer at(String address) {
        return peer(address, List.of());
    }

    public static Peer peer(String address, List<X509Certificate> certificates) {
        try {
            return new Peer("mqtt", new InetSocketAddress(InetAddress.getByName(address), 40_000), certificates);
        } catch (UnknownHostException notLiteral) {
            throw new IllegalArgumentException(address, notLiteral);
        }
    }

    public static Credentials as(@Nullable String userName, @Nullable String password) {
        return as(userName, password, at("192.0.2.1"));
    }

    public static Credentials as(@Nullable String userName, @Nullable String password, Peer peer) {
        return new Credentials(
                new ClientId("device-1"), userName, password == null ? null : Payload.of(password), peer);
    }

    public static AuthOutcome outcome(Mono<AuthOutcome> mono) {
        return Objects.requireNonNull(mono.block(PATIENCE));
    }

    public static AuthOutcome ask(Authenticator authenticator, Credentials credentials) {
        return outcome(authenticator.authenticate(credentials));
    }

    /** Who was let in. */
    public static Principal principal(AuthOutcome outcome) {
        if (outcome instanceof AuthOutcome.Accepted accepted) {
            return accepted.principal();
        }
        throw new AssertionError(outcome + " (expected: accepted)");
    }

    /** The code and the cause of a refusal: {@code 0x86 wrong_password}. */
    public static String refusal(AuthOutcome outcome) {
        if (outcome instanceof AuthOutcome.Denied denied) {
            ReasonCode code = denied.reasonCode();
            return "0x" + Integer.toHexString(code.code()).toUpperCase(Locale.ROOT) + " "
                    + denied.detail().substring(0, denied.detail().indexOf(':'));
        }
        throw new AssertionError(outcome + " (expected: denied)");
    }
}
