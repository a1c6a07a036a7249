package io.sluice.mqtt.session;

import io.sluice.mqtt.auth.Permissions;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.port.Loop;
import org.jspecify.annotations.Nullable;

/**
 * What a CONNECT asks for.
 *
 * @param clientId whose session
 * @param loop the connection's loop
 * @param outbound the way to the socket
 * @param cleanStart whether earlier state is discarded [MQTT-3.1.2-4]
 * @param expirySeconds how long the session outlives the connection, as granted; 0 for not at all
 * @param receiveMaximum most unacknowledged deliveries that the client takes
 * @param will the will, or null
 * @param permissions what of an earlier connection's subscriptions and deliveries it may take up
 */
public record SessionRequest(
        ClientId clientId,
        Loop loop,
        Outbound outbound,
        boolean cleanStart,
        long expirySeconds,
        int receiveMaximum,
        @Nullable Will will,
        Permissions permissions) {}
