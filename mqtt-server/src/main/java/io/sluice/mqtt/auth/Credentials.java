package io.sluice.mqtt.auth;

import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Payload;
import org.jspecify.annotations.Nullable;

/**
 * What a client says of itself in CONNECT, and what the network knows of it. Never logged.
 *
 * @param userName the User Name, or null without one
 * @param password the Password, or null without one
 */
public record Credentials(
        ClientId clientId,
        @Nullable String userName,
        @Nullable Payload password,
        Peer peer) {

    /** Without the secrets. */
    @Override
    public String toString() {
        return "Credentials(" + clientId + ")";
    }
}
