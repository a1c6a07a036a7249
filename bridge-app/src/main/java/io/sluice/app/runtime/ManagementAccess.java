package io.sluice.app.runtime;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.app.config.ManagementConfig;
import io.sluice.app.config.ManagementConfig.ManagementAuth;
import io.sluice.app.config.ManagementToken;
import io.sluice.app.management.Gatekeeper;
import io.sluice.mqtt.auth.password.HashLimits;
import io.sluice.mqtt.auth.password.PasswordAuthenticator;
import io.sluice.mqtt.auth.password.PasswordFile;
import io.sluice.mqtt.auth.password.PasswordSettings;
import io.sluice.mqtt.auth.password.PasswordUsers;
import io.sluice.mqtt.auth.shared.AuthenticationPool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The file by which the management port lets in others than this machine. Confined to who starts, then the reloader. */
final class ManagementAccess implements Reloader.Part {

    /** What metrics call it; no authentication of clients can have the name, which has a dot. */
    private static final String NAME = "management.auth";

    private final ManagementAuth auth;
    private final Gatekeeper gate;
    private final PasswordAuthenticator users;

    /** @param pool where hashes are computed */
    ManagementAccess(ManagementAuth auth, Gatekeeper gate, AuthenticationPool pool, MeterRegistry registry) {
        PasswordSettings defaults = PasswordSettings.DEFAULTS;
        this.auth = auth;
        this.gate = gate;
        this.users = new PasswordAuthenticator(
                NAME,
                new PasswordSettings(true, false, defaults.passwordBytesMax(), defaults.backoff(), defaults.cache()),
                PasswordUsers.NONE,
                pool,
                System::nanoTime,
                registry);
    }

    @Override
    public List<Path> files() {
        return List.of(auth.file());
    }

    @Override
    public Runnable prepare() throws IOException {
        if (auth.type() == ManagementConfig.Type.BEARER) {
            String token = ManagementToken.read(auth.file());
            return () -> gate.token(token);
        }
        PasswordUsers read = PasswordFile.read(auth.file(), HashLimits.DEFAULTS);
        return () -> {
            users.replace(read);
            gate.users(users);
        };
    }
}
