package io.sluice.mqtt.auth.shared;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How another server is asked. Redirects are never followed.
 *
 * @param url with {@code https}; {@code http} only to this host itself, or if that is allowed
 * @param plainHttpAllowed whether {@code http} may be spoken to other hosts: whoever is on the way can then let in whom
 *     they like
 * @param connectTimeout how long a connection may take, with TLS
 * @param timeout how long an answer may take, to its last byte
 * @param answerBytesMax largest answer, in bytes
 * @param tls whom to trust, or null for the platform's authorities
 */
public record HttpSettings(
        URI url,
        boolean plainHttpAllowed,
        Duration connectTimeout,
        Duration timeout,
        int answerBytesMax,
        @Nullable SSLContext tls) {

    private static final Set<String> THIS_HOST = Set.of("localhost", "127.0.0.1", "[::1]");

    /** Five seconds, and 1 MiB. */
    public static HttpSettings of(URI url) {
        return new HttpSettings(url, false, Duration.ofSeconds(2), Duration.ofSeconds(5), 1 << 20, null);
    }

    public HttpSettings {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (url.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
            throw new IllegalArgumentException("url: no https:// and host (expected: https://host/path)");
        }
        if (url.getUserInfo() != null) {
            throw new IllegalArgumentException("url: with user information (expected: none)");
        }
        if (scheme.equals("http") && !plainHttpAllowed && !THIS_HOST.contains(url.getHost())) {
            throw new IllegalArgumentException("url: http to " + url.getHost() + " (expected: https)");
        }
        if (answerBytesMax < 1 || timeout.isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException("answerBytesMax and timeout (expected: > 0)");
        }
    }
}
