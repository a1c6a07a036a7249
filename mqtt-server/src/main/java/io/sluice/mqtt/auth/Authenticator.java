package io.sluice.mqtt.auth;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Decides who may connect, by listener. Safe for all threads; must not block the caller. */
public interface Authenticator {

    /** Lets everybody in as nobody in particular: right for a listener on loopback. */
    Authenticator ANONYMOUS = credentials -> Mono.just(AuthOutcome.accepted(Principal.ANONYMOUS));

    /** The decision, on any thread; an error is a refusal with 0x88. */
    Mono<AuthOutcome> authenticate(Credentials credentials);

    /**
     * Begins an enhanced authentication (MQTT 5, section 4.12), or answers null when the method is not offered.
     *
     * @param method the Authentication Method of CONNECT
     */
    default @Nullable EnhancedExchange exchange(String method, Credentials credentials) {
        return null;
    }

    /**
     * Whether somebody who came in by this is still welcome, after users or keys have changed.
     *
     * @return completes on any thread
     */
    default CompletionStage<Boolean> isStillValid(Principal principal) {
        return CompletableFuture.completedStage(true);
    }
}
