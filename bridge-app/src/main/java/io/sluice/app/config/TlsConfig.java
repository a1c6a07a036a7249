package io.sluice.app.config;

import io.sluice.mqtt.listener.TlsSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * TLS of a listener.
 *
 * @param certificate PEM files of certificate chains, or null
 * @param key PEM files of their keys, in the same order, or null
 * @param keyStore PKCS#12 file, or null
 * @param keyStorePassword its password, or null
 * @param clientCa PEM file of those who issue clients' certificates, or null
 * @param clientAuth whether clients have certificates
 * @param crl file of revocation lists, or null
 * @param alpn protocols that are answered
 * @param protocols versions of TLS
 * @param ciphers suites, or null for those of {@link TlsSettings#CIPHERS}
 * @param engine whose TLS it is
 * @param handshakeTimeout how long a handshake may take
 * @param handshakes most at once
 */
public record TlsConfig(
        @Key(
                "PEM file of the certificate and those above it. Several, e.g. an ECDSA one beside an RSA one, are a list.")
        @Nullable
        Words certificate,

        @Key(
                "PEM file of the certificate's private key, not encrypted; as many, and in the same order, as `certificate`.")
        @Nullable
        Words key,

        @Key("PKCS#12 file with certificates and keys, instead of PEM files or besides.") @Nullable
        Path keyStore,

        @Key("The password of `key-store`.") @Nullable String keyStorePassword,

        @Key("PEM file of the authorities whose client certificates are taken.") @Nullable
        Path clientCa,

        @Key(
                value =
                        "Whether clients show a certificate: `none`, `optional` (who shows one must show a good one) or "
                                + "`require`.",
                byDefault = "none")
        TlsSettings.ClientAuth clientAuth,

        @Key("File of the authorities' revocation lists, PEM or DER. With it, a client is refused whose certificate is "
                + "revoked, or whose authority has no list in it that is in force.")
        @Nullable
        Path crl,

        @Key(
                value =
                        "What is answered to clients that name protocols (ALPN); who names none of them is refused, but by engine "
                                + "openssl. On type wss `http/1.1` besides.",
                byDefault = "mqtt,x-amzn-mqtt-ca")
        Words alpn,

        @Key(value = "Versions of TLS: TLSv1.2, TLSv1.3.", byDefault = "TLSv1.3,TLSv1.2")
        Words protocols,

        @Key("Cipher suites by their IANA names, the best first. Absent: those with forward secrecy and AEAD alone.")
        @Nullable
        Words ciphers,

        @Key(
                value = "Whose TLS it is: the `jdk`'s, which also honours the small records (max_fragment_length) that "
                        + "microcontrollers ask for, or `openssl`: BoringSSL, which takes less of the processor.",
                byDefault = "jdk")
        TlsSettings.Engine engine,

        @Key(value = "How long a handshake may take.", byDefault = "10s", min = "100ms", max = "5m")
        Duration handshakeTimeout,

        @Key(
                value = "The most handshakes at once; further connections wait for their turn.",
                byDefault = "200",
                min = "1",
                max = "100000",
                unit = "handshakes")
        int handshakes) {

    private static final String HTTP = "http/1.1";

    private static final List<String> VERSIONS = List.of("TLSv1.2", "TLSv1.3");

    public TlsConfig {
        int certificates = certificate == null ? 0 : certificate.words().size();
        int keys = key == null ? 0 : key.words().size();
        if (certificates != keys) {
            throw new IllegalArgumentException(certificates + " certificate files and " + keys
                    + " key files (expected: a key for each certificate, in the same order)");
        }
        if (certificates == 0 && keyStore == null) {
            throw new IllegalArgumentException("neither certificate and key nor key-store (expected: one of them)");
        }
        if (clientAuth != TlsSettings.ClientAuth.NONE && clientCa == null) {
            throw new IllegalArgumentException(
                    "client-auth without client-ca (expected: the file of those who issue clients' certificates)");
        }
        if (clientAuth == TlsSettings.ClientAuth.NONE && (clientCa != null || crl != null)) {
            throw new IllegalArgumentException(
                    "client-ca or crl with client-auth none (expected: client-auth optional or require)");
        }
        for (String version : protocols.words()) {
            if (!VERSIONS.contains(version)) {
                throw new IllegalArgumentException("protocols: \"" + version + "\" is not one of TLSv1.2, TLSv1.3"
                        + Nearest.hint(version, VERSIONS));
            }
        }
    }

    /** As the listener takes it. */
    public TlsSettings toSettings(ListenerConfig.Type type) {
        return new TlsSettings(
                paths(certificate),
                paths(key),
                keyStore,
                keyStorePassword,
                clientCa,
                clientAuth,
                crl,
                type == ListenerConfig.Type.WSS ? withHttp(alpn.words()) : alpn.words(),
                protocols.words(),
                ciphers == null ? TlsSettings.CIPHERS : ciphers.words(),
                engine,
                handshakeTimeout,
                handshakes);
    }

    /** What browsers name when they open a WebSocket. */
    private static List<String> withHttp(List<String> protocols) {
        List<String> with = new ArrayList<>(protocols);
        if (!with.contains(HTTP)) {
            with.add(HTTP);
        }
        return with;
    }

    private static List<Path> paths(@Nullable Words words) {
        return words == null ? List.of() : words.words().stream().map(Path::of).toList();
    }
}
