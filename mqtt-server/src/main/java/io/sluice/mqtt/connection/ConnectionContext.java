package io.sluice.mqtt.connection;

import io.sluice.mqtt.auth.Authenticator;
import io.sluice.mqtt.router.PublishRouter;
import io.sluice.mqtt.session.Sessions;
import java.util.function.Supplier;

/** What all connections of a listener share. */
record ConnectionContext(
        ConnectionSettings settings,
        Sessions sessions,
        PublishRouter router,
        Authenticator authenticator,
        Supplier<String> clientIds,
        String listener,
        Connections connections) {}
