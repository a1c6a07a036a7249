package io.sluice.app.config;

import io.sluice.mqtt.auth.certificate.UserNameSource;
import io.sluice.mqtt.auth.http.WebhookSettings;
import io.sluice.mqtt.auth.jwt.JwtSettings;
import io.sluice.mqtt.auth.jwt.KeyProblem;
import io.sluice.mqtt.auth.jwt.KeySet;
import io.sluice.mqtt.auth.shared.CacheSettings;
import io.sluice.mqtt.auth.shared.HttpSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A way in which clients prove who they are.
 *
 * @param type what proves it
 * @param file of users and their passwords' hashes, or null
 * @param scram whether passwords may be proved by SCRAM, or null for the default
 * @param username what of a certificate is the user name, or null for the default
 * @param jwks where the keys are by which tokens are signed, or null
 * @param issuer who issues tokens, or null
 * @param audience whom tokens are for, or null
 * @param algorithms by which tokens may be signed, or null for the default
 * @param usernameClaim what of a token is the user name, or null for the default
 * @param groupsClaim what of a token is the groups, or null for none
 * @param url who is asked, or null
 * @param timeout how long an answer may take, or null for the default
 * @param cache how long a good answer is remembered, or null for the default
 */
public record AuthenticationConfig(
        @Key(
                value = "What proves who a client is: a password (`password-file`), its TLS certificate "
                        + "(`client-certificate`), a token in the place of the password (`jwt`), or the answer of a "
                        + "server of yours (`http`).",
                byDefault = Key.REQUIRED)
        Type type,

        @Key(
                "For `password-file`: the file that `sluice passwd` writes, `user:hash` or `user:hash:group,group` in each "
                        + "line. Mosquitto's hashes, bcrypt, PBKDF2 and Argon2 are understood. It is read again when it changes.")
        @Nullable
        Path file,

        @Key("For `password-file`: whether MQTT 5 clients may use SCRAM-SHA-256 instead of sending their password. "
                + "Absent: true.")
        @Nullable
        Scram scram,

        @Key(
                "For `client-certificate`: what is the user name: `cn`, `san-dns`, `san-uri`, `san-email` or `sha256`, the "
                        + "certificate's fingerprint. Absent: cn.")
        @Nullable
        Username username,

        @Key("For `jwt`: the JSON Web Key Set by whose keys tokens are signed: a file, or a URL of https.") @Nullable
        String jwks,

        @Key("For `jwt`: the `iss` that tokens must have.") @Nullable
        String issuer,

        @Key("For `jwt`: the `aud` of which tokens must have one.") @Nullable
        Words audience,

        @Key(
                "For `jwt`: the algorithms of signatures that are taken. Absent: RS256, RS384, RS512, PS256, PS384, PS512, "
                        + "ES256, ES384, ES512, EdDSA.")
        @Nullable
        Words algorithms,

        @Key("For `jwt`: the claim that is the user name, `a.b` for one inside another. Absent: sub.") @Nullable
        String usernameClaim,

        @Key("For `jwt`: the claim that is the groups: a list, or words. Absent: no groups.") @Nullable
        String groupsClaim,

        @Key("For `http`: where to POST who asks to come in.") @Nullable
        String url,

        @Key(value = "For `http`: how long the answer may take. Absent: 5s.", min = "10ms", max = "1m") @Nullable
        Duration timeout,

        @Key(value = "For `http`: how long a good answer is remembered; 0 for not at all. Absent: 0s.", max = "1h")
        @Nullable
        Duration cache) {

    /** What proves who a client is. */
    public enum Type {
        PASSWORD_FILE("file, scram"),
        CLIENT_CERTIFICATE("username"),
        JWT("jwks, issuer, audience, algorithms, username-claim, groups-claim"),
        HTTP("url, timeout, cache");

        /** What may be said besides the type. */
        private final String keys;

        Type(String keys) {
            this.keys = keys;
        }

        private boolean has(String key) {
            return List.of(keys.split(", ")).contains(key);
        }

        /** As it is written, and the label of metrics. */
        public String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Whether SCRAM is offered. */
    public enum Scram {
        TRUE,
        FALSE
    }

    /** What of a certificate is the user name. */
    public enum Username {
        CN(UserNameSource.COMMON_NAME),
        SAN_DNS(UserNameSource.DNS),
        SAN_URI(UserNameSource.URI),
        SAN_EMAIL(UserNameSource.EMAIL),
        SHA256(UserNameSource.SHA_256);

        private final UserNameSource source;

        Username(UserNameSource source) {
            this.source = source;
        }
    }

    public AuthenticationConfig {
        Map<String, @Nullable Object> said = new LinkedHashMap<>();
        said.put("file", file);
        said.put("scram", scram);
        said.put("username", username);
        said.put("jwks", jwks);
        said.put("issuer", issuer);
        said.put("audience", audience);
        said.put("algorithms", algorithms);
        said.put("username-claim", usernameClaim);
        said.put("groups-claim", groupsClaim);
        said.put("url", url);
        said.put("timeout", timeout);
        said.put("cache", cache);
        said.forEach((key, value) -> {
            if (value != null && !type.has(key)) {
                throw new IllegalArgumentException(key + " with type " + type.id() + " (expected: " + type.keys + ")");
            }
        });
        String needed =
                switch (type) {
                    case PASSWORD_FILE -> file == null ? "file" : null;
                    case CLIENT_CERTIFICATE -> null;
                    case JWT ->
                        jwks == null ? "jwks" : issuer == null ? "issuer" : audience == null ? "audience" : null;
                    case HTTP -> url == null ? "url" : null;
                };
        if (needed != null) {
            throw new IllegalArgumentException("type " + type.id() + " without " + needed);
        }
        if (jwks != null && isUrl(jwks)) {
            var unused = HttpSettings.of(uri("jwks", jwks));
        }
        if (url != null) {
            var unused = HttpSettings.of(uri("url", url));
        }
    }

    private static URI uri(String key, String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(key + ": " + e.getMessage() + " (expected: https://host/path)", e);
        }
    }

    /**
     * The keys in a file. Blocks.
     *
     * @throws IOException when it cannot be used
     */
    public static KeySet keySet(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return KeySet.parse(in.readNBytes(KeySet.BYTES_MAX + 1));
        } catch (KeyProblem e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        } catch (NoSuchFileException | AccessDeniedException e) {
            throw new IOException(file + ": cannot be read: " + FileFailures.reason(e), e);
        }
    }

    /** Whether keys are fetched, and not read from a file. */
    public static boolean isUrl(String jwks) {
        return jwks.startsWith("https://") || jwks.startsWith("http://");
    }

    /** Which tokens are good; of type jwt. */
    public JwtSettings toJwtSettings() {
        JwtSettings defaults = JwtSettings.of(issuer, audience == null ? Set.of() : Set.copyOf(audience.words()));
        return new JwtSettings(
                defaults.field(),
                issuer,
                defaults.audiences(),
                algorithms == null ? defaults.algorithms() : Set.copyOf(algorithms.words()),
                defaults.leeway(),
                defaults.tokenBytesMax(),
                usernameClaim == null ? defaults.userNameClaim() : usernameClaim,
                groupsClaim,
                defaults.groupsMax());
    }

    /** How the other server is asked; of type http. */
    public WebhookSettings toWebhookSettings() {
        WebhookSettings defaults = WebhookSettings.of(URI.create(String.valueOf(url)));
        HttpSettings http = defaults.http();
        return new WebhookSettings(
                new HttpSettings(
                        http.url(),
                        http.plainHttpAllowed(),
                        http.connectTimeout(),
                        timeout == null ? http.timeout() : timeout,
                        http.answerBytesMax(),
                        http.tls()),
                defaults.requestsMax(),
                defaults.circuitFailures(),
                defaults.circuitOpen(),
                defaults.passwordBytesMax(),
                defaults.groupsMax(),
                defaults.backoff(),
                cache == null || cache.isZero()
                        ? CacheSettings.OFF
                        : new CacheSettings(defaults.cache().entriesMax(), cache));
    }

    /** Whether SCRAM is offered. */
    public boolean isScramAllowed() {
        return scram != Scram.FALSE;
    }

    /** What of a certificate is the user name. */
    public UserNameSource userNameSource() {
        return username == null ? UserNameSource.COMMON_NAME : username.source;
    }
}
