package io.sluice.mqtt.auth;

import io.sluice.mqtt.message.ReasonCode;
import org.jspecify.annotations.Nullable;

/** What an {@link Authenticator} says. */
public sealed interface AuthOutcome {

    /**
     * The client may come in.
     *
     * @param userName who it is, or null for nobody in particular
     */
    record Accepted(@Nullable String userName) implements AuthOutcome {}

    /** The client may not come in, and is told this reason. */
    record Denied(ReasonCode reasonCode) implements AuthOutcome {}
}
