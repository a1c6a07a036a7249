package io.sluice.mqtt.auth;

import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Payload;
import org.jspecify.annotations.Nullable;

/** What a client says of itself in CONNECT. Never logged. */
public record Credentials(
        ClientId clientId,
        @Nullable String userName,
        @Nullable Payload password) {

    /** Without the secrets. */
    @Override
    public String toString() {
        return "Credentials(" + clientId + ")";
    }
}
