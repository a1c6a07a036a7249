package io.sluice.app.runtime;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.app.config.AuthenticationConfig;
import io.sluice.app.config.ListenerConfig;
import io.sluice.mqtt.auth.Authenticator;
import io.sluice.mqtt.auth.certificate.CertificateAuthenticator;
import io.sluice.mqtt.auth.certificate.CertificateSettings;
import io.sluice.mqtt.auth.http.WebhookAuthenticator;
import io.sluice.mqtt.auth.jwt.FixedKeys;
import io.sluice.mqtt.auth.jwt.JwksSettings;
import io.sluice.mqtt.auth.jwt.JwksUrl;
import io.sluice.mqtt.auth.jwt.JwtAuthenticator;
import io.sluice.mqtt.auth.jwt.KeySet;
import io.sluice.mqtt.auth.jwt.TokenKeys;
import io.sluice.mqtt.auth.password.HashLimits;
import io.sluice.mqtt.auth.password.PasswordAuthenticator;
import io.sluice.mqtt.auth.password.PasswordFile;
import io.sluice.mqtt.auth.password.PasswordSettings;
import io.sluice.mqtt.auth.password.PasswordUsers;
import io.sluice.mqtt.auth.shared.AuthenticationPool;
import io.sluice.mqtt.auth.shared.PoolSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The ways in which clients prove who they are, by name. Safe for all threads once it is made. */
final class Authenticators implements Reloader.Part, AutoCloseable {

    /** What metrics call it when nobody has to prove anything. */
    private static final String NONE = "none";

    private final Map<String, AuthenticationConfig> configs;
    private final MeterRegistry registry;
    private final AuthenticationPool pool;
    private final Map<String, Authenticator> byName = new HashMap<>();
    private final Map<String, PasswordAuthenticator> ofFiles = new HashMap<>();
    private final Map<String, FixedKeys> ofKeyFiles = new HashMap<>();
    private final List<WebhookAuthenticator> webhooks = new ArrayList<>();
    private final List<JwksUrl> urls = new ArrayList<>();
    private final List<Runnable> closings = new ArrayList<>();

    /**
     * Reads the files. Blocks.
     *
     * @throws IOException when one cannot be used
     */
    Authenticators(Map<String, AuthenticationConfig> configs, MeterRegistry registry) throws IOException {
        this.configs = Map.copyOf(configs);
        this.registry = registry;
        this.pool = new AuthenticationPool(PoolSettings.DEFAULTS, System::nanoTime, registry);
        for (Map.Entry<String, AuthenticationConfig> entry : configs.entrySet()) {
            byName.put(entry.getKey(), make(entry.getKey(), entry.getValue()));
        }
    }

    private Authenticator make(String name, AuthenticationConfig config) throws IOException {
        return switch (config.type()) {
            case PASSWORD_FILE -> passwords(name, config);
            case CLIENT_CERTIFICATE ->
                new CertificateAuthenticator(name, new CertificateSettings(config.userNameSource(), true), registry);
            case JWT -> tokens(name, config);
            case HTTP -> webhook(name, config);
        };
    }

    private Authenticator tokens(String name, AuthenticationConfig config) throws IOException {
        TokenKeys keys;
        String where = String.valueOf(config.jwks());
        if (AuthenticationConfig.isUrl(where)) {
            JwksUrl url = new JwksUrl(
                    name, JwksSettings.of(URI.create(where)), System::nanoTime, System::currentTimeMillis, registry);
            closings.add(url::close);
            urls.add(url);
            keys = url;
        } else {
            FixedKeys file = new FixedKeys(AuthenticationConfig.keySet(Path.of(where)));
            ofKeyFiles.put(name, file);
            keys = file;
        }
        return new JwtAuthenticator(name, config.toJwtSettings(), keys, pool, System::currentTimeMillis, registry);
    }

    private Authenticator webhook(String name, AuthenticationConfig config) {
        WebhookAuthenticator made = new WebhookAuthenticator(
                name, config.toWebhookSettings(), pool, System::nanoTime, System::currentTimeMillis, registry);
        closings.add(made::close);
        webhooks.add(made);
        return made;
    }

    private Authenticator passwords(String name, AuthenticationConfig config) throws IOException {
        PasswordSettings defaults = PasswordSettings.DEFAULTS;
        PasswordSettings settings = new PasswordSettings(
                true, config.isScramAllowed(), defaults.passwordBytesMax(), defaults.backoff(), defaults.cache());
        PasswordAuthenticator made =
                new PasswordAuthenticator(name, settings, users(config), pool, System::nanoTime, registry);
        ofFiles.put(name, made);
        return made;
    }

    private static PasswordUsers users(AuthenticationConfig config) throws IOException {
        Path file = config.file();
        return file == null ? PasswordUsers.NONE : PasswordFile.read(file, HashLimits.DEFAULTS);
    }

    /** Keys that come from elsewhere are looked for in time, though nobody comes with a token. Any thread; now and then. */
    void refreshKeys() {
        urls.forEach(JwksUrl::refreshIfDue);
    }

    /** Where hashes are computed. */
    AuthenticationPool pool() {
        return pool;
    }

    /** How clients of a listener prove who they are. */
    Authenticator of(ListenerConfig listener) {
        String name = listener.auth();
        if (name == null || name.equals(ListenerConfig.NO_AUTH)) {
            return Authenticator.ANONYMOUS;
        }
        Authenticator known = byName.get(name);
        if (known == null) {
            throw new IllegalArgumentException("auth: \"" + name + "\" (expected: one of " + byName.keySet() + ")");
        }
        return known;
    }

    /** What metrics call it. */
    String method(ListenerConfig listener) {
        AuthenticationConfig used = listener.auth() == null ? null : configs.get(listener.auth());
        return used == null ? NONE : used.type().id();
    }

    @Override
    public List<Path> files() {
        List<Path> files = new ArrayList<>();
        for (AuthenticationConfig config : configs.values()) {
            Path file = config.file();
            if (file != null) {
                files.add(file);
            }
            String jwks = config.jwks();
            if (jwks != null && !AuthenticationConfig.isUrl(jwks)) {
                files.add(Path.of(jwks));
            }
        }
        return files;
    }

    @Override
    public Runnable prepare() throws IOException {
        List<Runnable> changes = new ArrayList<>();
        for (Map.Entry<String, PasswordAuthenticator> entry : ofFiles.entrySet()) {
            PasswordUsers users = users(config(entry.getKey()));
            changes.add(() -> entry.getValue().replace(users));
        }
        for (Map.Entry<String, FixedKeys> entry : ofKeyFiles.entrySet()) {
            KeySet keys = AuthenticationConfig.keySet(
                    Path.of(String.valueOf(config(entry.getKey()).jwks())));
            changes.add(() -> entry.getValue().replace(keys));
        }
        webhooks.forEach(webhook -> changes.add(webhook::forget));
        return () -> changes.forEach(Runnable::run);
    }

    private AuthenticationConfig config(String name) {
        @Nullable AuthenticationConfig config = configs.get(name);
        if (config == null) {
            throw new IllegalStateException("authentication." + name + " is gone");
        }
        return config;
    }

    @Override
    public void close() {
        closings.forEach(Runnable::run);
        pool.close();
    }
}
