package io.sluice.app.runtime;

import io.sluice.app.config.SluiceConfig;
import io.sluice.mqtt.auth.Authorizer;
import io.sluice.mqtt.auth.Client;
import io.sluice.mqtt.auth.Permissions;

/** The rules in force, which may be replaced, and may begin or cease to exist. Safe for all threads. */
final class Rules implements Authorizer {

    private volatile Authorizer current;

    Rules(SluiceConfig config) {
        current = Settings.authorizer(config);
    }

    /** From now on the rules of this configuration are asked. */
    void replace(SluiceConfig config) {
        current = Settings.authorizer(config);
    }

    @Override
    public Permissions permissions(Client client) {
        return current.permissions(client);
    }
}
