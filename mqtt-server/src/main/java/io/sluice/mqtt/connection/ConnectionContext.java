package io.sluice.mqtt.connection;

import io.sluice.mqtt.auth.Authenticator;
import io.sluice.mqtt.auth.Authorizer;
import io.sluice.mqtt.router.PublishRouter;
import io.sluice.mqtt.session.Sessions;
import java.util.function.Supplier;

/** What all connections of a listener share. */
record ConnectionContext(
        Sessions sessions,
        PublishRouter router,
        Authenticator authenticator,
        Authorizer authorizer,
        Supplier<String> clientIds,
        String listener,
        ConnectionMeters meters,
        Offences offences,
        AccessMeters accessMeters,
        Connections connections) {

    /** As they are now: some may change while the server runs. */
    ConnectionSettings settings() {
        return connections.settings();
    }
}
