package io.sluice.mqtt.auth;

import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.ReasonCode;
import org.jspecify.annotations.Nullable;

/** What an {@link Authenticator} says. */
public sealed interface AuthOutcome {

    /**
     * The client may come in.
     *
     * @param data the last word of an enhanced method, e.g. the server's proof; null without one
     */
    record Accepted(Principal principal, @Nullable Payload data) implements AuthOutcome {}

    /** The client is asked for more: only in an {@link EnhancedExchange}. */
    record Continue(Payload data) implements AuthOutcome {}

    /**
     * The client may not come in, and is told the reason code alone.
     *
     * @param reasonCode {@link ReasonCode#BAD_USER_NAME_OR_PASSWORD}, {@link ReasonCode#NOT_AUTHORIZED},
     *     {@link ReasonCode#BAD_AUTHENTICATION_METHOD}, {@link ReasonCode#SERVER_UNAVAILABLE} when it cannot be decided
     *     now, or {@link ReasonCode#SERVER_BUSY}
     * @param detail for the operator's log: what was wrong, without any secret
     */
    record Denied(ReasonCode reasonCode, String detail) implements AuthOutcome {}

    static AuthOutcome accepted(Principal principal) {
        return new Accepted(principal, null);
    }
}
