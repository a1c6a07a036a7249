package io.sluice.mqtt.auth;

import io.sluice.mqtt.message.ClientId;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Whom rules are asked about: a client that was let in, also when it is gone by now and its will is due.
 *
 * @param listener where it came in
 * @param source its address, or null when that is not known any more
 */
public record Client(
        ClientId clientId,
        Principal principal,
        String listener,
        @Nullable InetAddress source) {

    /** A client as it connects. */
    public static Client of(ClientId clientId, Principal principal, Peer peer) {
        return new Client(clientId, principal, peer.listener(), peer.address().getAddress());
    }
}
