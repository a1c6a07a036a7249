package io.sluice.mqtt.connection;

import io.sluice.mqtt.auth.AuthOutcome;
import io.sluice.mqtt.auth.Authenticator;
import io.sluice.mqtt.auth.Credentials;
import io.sluice.mqtt.auth.EnhancedExchange;
import io.sluice.mqtt.auth.Principal;
import io.sluice.mqtt.codec.Packet;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.ReasonCode;
import io.sluice.mqtt.port.Loop;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Finds out who a client is: by what its CONNECT says, or by asking on (MQTT 5, section 4.12). Confined to its loop.
 */
final class Authentication {

    /** Told on the loop. */
    interface Result {
        void onAccepted(Principal principal, @Nullable Payload data);

        /** The client has to answer this. */
        void onQuestion(Packet.Auth question);

        void onDenied(ReasonCode reasonCode, String detail);
    }

    private static final Logger log = LoggerFactory.getLogger(Authentication.class);

    private final Authenticator authenticator;
    private final Loop loop;
    private final Credentials credentials;
    private final @Nullable String method;
    private final Result result;
    private @Nullable EnhancedExchange exchange;
    private boolean asked;

    /**
     * @param method the Authentication Method, or null for user name and password
     */
    Authentication(
            Authenticator authenticator, Loop loop, Credentials credentials, @Nullable String method, Result result) {
        this.authenticator = authenticator;
        this.loop = loop;
        this.credentials = credentials;
        this.method = method;
        this.result = result;
    }

    /** @param data the Authentication Data that came with the method */
    void start(@Nullable Payload data) {
        if (method == null) {
            await(authenticator.authenticate(credentials));
            return;
        }
        exchange = authenticator.exchange(method, credentials);
        if (exchange == null) {
            // [MQTT-4.12.0-1]
            result.onDenied(ReasonCode.BAD_AUTHENTICATION_METHOD, "authentication method: not offered here");
        } else {
            await(exchange.step(data));
        }
    }

    /**
     * The client's answer.
     *
     * @throws ProtocolError when it was not asked, or answers by another method [MQTT-4.12.0-3]
     */
    void onAuth(Packet.Auth auth) {
        EnhancedExchange current = exchange;
        if (!asked || current == null || auth.reasonCode() != ReasonCode.CONTINUE_AUTHENTICATION) {
            throw new ProtocolError(ReasonCode.PROTOCOL_ERROR, "AUTH: not asked for");
        }
        checkMethod(auth);
        asked = false;
        await(current.step(auth.data()));
    }

    /** @throws ProtocolError when it is another method than the one that CONNECT has named [MQTT-4.12.0-5] */
    void checkMethod(Packet.Auth auth) {
        if (method == null || !method.equals(auth.method())) {
            throw new ProtocolError(
                    ReasonCode.PROTOCOL_ERROR, "AUTH: another method than CONNECT's (expected: the same)");
        }
    }

    private void await(Mono<AuthOutcome> decision) {
        decision.switchIfEmpty(Mono.error(() -> new IllegalStateException("authenticator: no outcome")))
                .subscribe(outcome -> onLoop(() -> onOutcome(outcome)), error -> onLoop(() -> onError(error)));
    }

    private void onOutcome(AuthOutcome outcome) {
        if (outcome instanceof AuthOutcome.Accepted accepted) {
            if (accepted.principal().expiryEpochMillis() <= loop.epochMillis()) {
                result.onDenied(ReasonCode.NOT_AUTHORIZED, "the credentials have expired");
            } else {
                result.onAccepted(accepted.principal(), accepted.data());
            }
        } else if (outcome instanceof AuthOutcome.Continue next) {
            asked = true;
            result.onQuestion(new Packet.Auth(ReasonCode.CONTINUE_AUTHENTICATION, method, next.data()));
        } else if (outcome instanceof AuthOutcome.Denied denied) {
            result.onDenied(denied.reasonCode(), denied.detail());
        }
    }

    private void onError(Throwable error) {
        // Whatever it is: who is not known does not come in.
        log.atError()
                .addKeyValue("clientId", credentials.clientId())
                .setCause(error)
                .log("Authentication failed");
        result.onDenied(ReasonCode.SERVER_UNAVAILABLE, "authentication is not possible now");
    }

    private void onLoop(Runnable task) {
        if (loop.inLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }
}
