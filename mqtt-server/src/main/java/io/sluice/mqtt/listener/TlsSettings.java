package io.sluice.mqtt.listener;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * TLS of one listener, as configured.
 *
 * @param certificates PEM files of chains, each beginning with the server's own certificate; several for several
 *     algorithms side by side
 * @param keys the PEM file of each one's private key
 * @param keyStore PKCS#12 file with any number of keys, besides or instead, or null
 * @param keyStorePassword of the key store and its keys, or null
 * @param clientCa PEM file of those whom clients' certificates may come from, or null
 * @param clientAuth whether clients have certificates
 * @param crl file with the certificate revocation lists of all those, PEM or DER, or null when nothing is revoked
 * @param alpn the protocols that are answered (RFC 7301)
 * @param protocols versions, as {@code TLSv1.3}
 * @param ciphers suites, the best first
 * @param engine whose TLS it is
 * @param handshakeTimeout how long a handshake may take
 * @param handshakesMax most handshakes at once; further connections wait for their turn
 */
public record TlsSettings(
        List<Path> certificates,
        List<Path> keys,
        @Nullable Path keyStore,
        @Nullable String keyStorePassword,
        @Nullable Path clientCa,
        ClientAuth clientAuth,
        @Nullable Path crl,
        List<String> alpn,
        List<String> protocols,
        List<String> ciphers,
        Engine engine,
        Duration handshakeTimeout,
        int handshakesMax) {

    /** Whether clients have certificates. */
    public enum ClientAuth {
        NONE,
        /** Those who have one show it, and it must be good. */
        OPTIONAL,
        REQUIRE
    }

    /** An implementation of TLS. */
    public enum Engine {
        JDK,
        OPENSSL
    }

    /** Forward secrecy and authenticated encryption alone: neither RC4, 3DES nor CBC. */
    public static final List<String> CIPHERS = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    public TlsSettings {
        certificates = List.copyOf(certificates);
        keys = List.copyOf(keys);
        alpn = List.copyOf(alpn);
        protocols = List.copyOf(protocols);
        ciphers = List.copyOf(ciphers);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "TlsSettings(" + certificates + ", " + keyStore + ", " + clientCa + ", " + clientAuth + ")";
    }
}
