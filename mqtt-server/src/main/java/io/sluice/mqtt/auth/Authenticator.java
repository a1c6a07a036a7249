package io.sluice.mqtt.auth;

import reactor.core.publisher.Mono;

/** Decides who may connect, by listener. Safe for all threads; must not block the caller. */
public interface Authenticator {

    /** Lets everybody in as nobody in particular: right for a listener on loopback. */
    Authenticator ANONYMOUS = credentials -> Mono.just(new AuthOutcome.Accepted(null));

    /** The decision, on any thread; an error is a refusal with 0x88. */
    Mono<AuthOutcome> authenticate(Credentials credentials);
}
