package io.sluice.app.config;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where schemas come from.
 *
 * @param url of a registry, or null
 * @param folder of schemas, or null
 * @param username for Basic authentication, or null
 * @param password for it, or null
 * @param token for Bearer authentication, or null
 * @param ca PEM file of whom to trust, or null for the platform's authorities
 * @param keyStore PKCS 12 file of who we are, or null
 * @param keyStorePassword of it, or null
 * @param timeout how long an answer may take
 * @param refresh how long the newest version is taken for it
 * @param autoRegister whether our own schemas are registered
 */
public record SchemaRegistryConfig(
        @Key("Where the registry's Confluent-compatible API begins: `https://registry:8081`, "
                + "`https://apicurio/apis/ccompat/v7`.")
        @Nullable
        HttpBase url,

        @Key(
                "Instead of a registry: a folder of `<subject>.avsc` and `<subject>.json` (JSON Schema). Read at the start. "
                        + "Values then are in Avro's single-object encoding, since there are no ids.")
        @Nullable
        Path folder,

        @Key("User for the registry; needs `password`.") @Nullable
        String username,

        @Key("Password for the registry; needs `username`.") @Nullable
        Secret password,

        @Key("Bearer token for the registry, instead of user and password.") @Nullable
        Secret token,

        @Key("PEM file of the authorities that the registry's certificate must be of. Absent: the platform's.")
        @Nullable
        Path ca,

        @Key("PKCS 12 file of Sluice's own certificate and key, for a registry that asks for one.") @Nullable
        Path keyStore,

        @Key("Password of `key-store`.") @Nullable Secret keyStorePassword,

        @Key(value = "How long an answer may take.", byDefault = "5s", min = "100ms", max = "1m")
        Duration timeout,

        @Key(
                value =
                        "After which the newest version of a subject is asked for again; the known one goes on meanwhile.",
                byDefault = "5m",
                min = "1s")
        Duration refresh,

        @Key(
                value =
                        "Whether Sluice registers its own schema, that of `envelope`, where it is missing. Others are never "
                                + "registered.",
                byDefault = "false")
        boolean autoRegister) {

    public SchemaRegistryConfig {
        if (url != null && folder != null) {
            throw new IllegalArgumentException("url and folder (expected: one of them)");
        }
        if ((username == null) != (password == null)) {
            throw new IllegalArgumentException("username and password (expected: both or none)");
        }
        if (token != null && username != null) {
            throw new IllegalArgumentException("token and username (expected: one of them)");
        }
        if ((keyStore == null) != (keyStorePassword == null)) {
            throw new IllegalArgumentException("key-store and key-store-password (expected: both or none)");
        }
    }

    /** Whether there are schemas at all. */
    boolean isPresent() {
        return url != null || folder != null;
    }
}
