package io.sluice.kafka.format;

import java.net.URI;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How a schema registry is asked.
 *
 * @param base where its Confluent-compatible API begins, e.g. {@code https://registry:8081} or {@code …/apis/ccompat/v7}
 * @param authorization the Authorization header, or null for none
 * @param tls whom to trust and who we are, or null for the platform's authorities
 * @param timeout how long an answer may take, to its last byte
 * @param refresh after which a newest version is asked for again
 * @param autoRegister whether Sluice's own schemas are registered when they are not there
 */
public record RegistrySettings(
        URI base,
        @Nullable String authorization,
        @Nullable SSLContext tls,
        Duration timeout,
        Duration refresh,
        boolean autoRegister) {

    /** Without the header, which is a secret. */
    @Override
    public String toString() {
        return "RegistrySettings(" + base + ")";
    }
}
