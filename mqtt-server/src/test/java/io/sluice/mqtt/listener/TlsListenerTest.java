package io.sluice.mqtt.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.mqtt.codec.Packet;
import io.sluice.mqtt.fake.TestAuthority;
import io.sluice.mqtt.fake.TestAuthority.Algorithm;
import io.sluice.mqtt.fake.TestAuthority.Issued;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.asn1.x500.X500Name;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.resources.LoopResources;

/** TLS of a listener, with the JDK's client on the other side. */
final class TlsListenerTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration YEAR = Duration.ofDays(365);
    private static final byte[] CONNECT = {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 10, 0, 1, 'c'};
    private static final TestAuthority AUTHORITY = new TestAuthority("Test authority");

    private final LoopResources loops = LoopResources.create("loop", 1, true);
    private final ExecutorService cryptography = Executors.newSingleThreadExecutor();
    private final RecordingConnections connections = new RecordingConnections();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @TempDir
    Path folder;

    private @Nullable Listener listener;
    private @Nullable TlsContext context;
    private int port;

    @BeforeEach
    void issue() throws IOException {
        AUTHORITY.server(Algorithm.EC).write(file("ec.crt"), file("ec.key"));
        AUTHORITY.write(file("ca.crt"));
    }

    @AfterEach
    void stop() {
        if (listener != null) {
            listener.close().block(TIMEOUT);
        }
        loops.disposeLater(Duration.ZERO, TIMEOUT).block(TIMEOUT);
        cryptography.shutdownNow();
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    private TlsSettings settings(
            TlsSettings.ClientAuth clientAuth, @Nullable Path crl, int handshakes, String... pairs) {
        return new TlsSettings(
                List.of(pairs).stream().map(pair -> file(pair + ".crt")).toList(),
                List.of(pairs).stream().map(pair -> file(pair + ".key")).toList(),
                null,
                null,
                clientAuth == TlsSettings.ClientAuth.NONE ? null : file("ca.crt"),
                clientAuth,
                crl,
                List.of("mqtt", "x-amzn-mqtt-ca"),
                List.of("TLSv1.3", "TLSv1.2"),
                TlsSettings.CIPHERS,
                TlsSettings.Engine.JDK,
                Duration.ofSeconds(10),
                handshakes);
    }

    private void start(TlsSettings settings) throws TlsFileException {
        TlsContext started = new TlsContext(settings, cryptography);
        context = started;
        Listener bound = new Listener(
                ListenerSettings.of("tls", ListenerSettings.Type.TLS, "127.0.0.1", 0, 1_000, 64),
                new TlsListener(started, "tls", registry),
                loops,
                connections);
        listener = bound;
        InetSocketAddress address = bound.start().block(TIMEOUT);
        assertThat(address).isNotNull();
        port = address.getPort();
    }

    private SSLSocket socket(@Nullable Issued own) throws IOException {
        SSLSocket socket = (SSLSocket)
                AUTHORITY.clientContext(own).getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) TIMEOUT.toMillis());
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        return socket;
    }

    /** Connects, asks, and waits for the answer: TLS 1.3's client is told of a refusal only when it reads. */
    private X509Certificate exchange(SSLSocket socket) throws IOException {
        socket.getOutputStream().write(CONNECT);
        socket.getOutputStream().write(new byte[] {(byte) 0xC0, 0});
        assertThat(socket.getInputStream().readNBytes(2)).containsExactly(0xD0, 0);
        return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void packetsPassBothWays(String version) throws Exception {
        start(settings(TlsSettings.ClientAuth.NONE, null, 10, "ec"));

        try (SSLSocket socket = socket(null)) {
            socket.setEnabledProtocols(new String[] {version});
            exchange(socket);
            assertThat(socket.getSession().getProtocol()).isEqualTo(version);
            assertThat(connections.next()).isInstanceOf(Packet.Connect.class);
        }
        assertThat(registry.get("sluice.tls.handshake.duration")
                        .tag("outcome", "success")
                        .timer()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("sluice.tls.handshakes").gauge().value()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"})
    void eachClientGetsTheCertificateThatItUnderstands(String cipher) throws Exception {
        AUTHORITY.server(Algorithm.RSA).write(file("rsa.crt"), file("rsa.key"));
        start(settings(TlsSettings.ClientAuth.NONE, null, 10, "ec", "rsa"));

        try (SSLSocket socket = socket(null)) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            socket.setEnabledCipherSuites(new String[] {cipher});
            assertThat(exchange(socket).getPublicKey().getAlgorithm())
                    .isEqualTo(cipher.contains("ECDSA") ? "EC" : "RSA");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"})
    void weakCiphersAreRefused(String cipher) throws Exception {
        start(settings(TlsSettings.ClientAuth.NONE, null, 10, "ec"));

        try (SSLSocket socket = socket(null)) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            socket.setEnabledCipherSuites(new String[] {cipher});
            assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 1024})
    void aSmallDevicesRecordsStaySmall(int bytes) throws Exception {
        start(settings(TlsSettings.ClientAuth.NONE, null, 10, "ec"));

        try (SSLSocket socket = socket(null)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setMaximumPacketSize(bytes + 256);
            socket.setSSLParameters(parameters);
            exchange(socket);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mqtt", "x-amzn-mqtt-ca"})
    void theProtocolIsAnsweredWhereItIsOurs(String protocol) throws Exception {
        start(settings(TlsSettings.ClientAuth.NONE, null, 10, "ec"));

        try (SSLSocket socket = socket(null)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {protocol});
            socket.setSSLParameters(parameters);
            exchange(socket);
            assertThat(socket.getApplicationProtocol()).isEqualTo(protocol);
        }
    }

    /** RFC 7301, section 3.2. */
    @Test
    void whoNamesOtherProtocolsOnlyIsRefused() throws Exception {
        start(settings(TlsSettings.ClientAuth.NONE, null, 10, "ec"));

        try (SSLSocket socket = socket(null)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2"});
            socket.setSSLParameters(parameters);

            assertThatThrownBy(socket::startHandshake)
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("no_application_protocol");
        }
    }

    @Test
    void whoIsAskedForACertificateMustHaveAGoodOne() throws Exception {
        start(settings(TlsSettings.ClientAuth.REQUIRE, null, 10, "ec"));

        try (SSLSocket socket = socket(AUTHORITY.client("device-1"))) {
            exchange(socket);
        }
        assertRefused(null);
        assertRefused(new TestAuthority("Test authority").client("device-1"));
        assertRefused(AUTHORITY.issue(new X500Name("CN=device-1"), Algorithm.EC, Duration.ofDays(-1), null));
        assertThat(registry.get("sluice.tls.handshake.duration")
                        .tag("outcome", "failure")
                        .timer()
                        .count())
                .isEqualTo(3);
    }

    @Test
    void aCertificateIsOptionalButNeverABadOne() throws Exception {
        start(settings(TlsSettings.ClientAuth.OPTIONAL, null, 10, "ec"));

        try (SSLSocket socket = socket(null)) {
            exchange(socket);
        }
        assertRefused(new TestAuthority("Test authority").client("device-1"));
    }

    @Test
    void aRevokedCertificateIsRefused() throws Exception {
        Issued good = AUTHORITY.client("good");
        Issued revoked = AUTHORITY.client("revoked");
        AUTHORITY.writeRevocations(file("crl.pem"), YEAR, revoked);
        start(settings(TlsSettings.ClientAuth.REQUIRE, file("crl.pem"), 10, "ec"));

        assertRefused(revoked);
        try (SSLSocket socket = socket(good)) {
            exchange(socket);

            AUTHORITY.writeRevocations(file("crl.pem"), YEAR, revoked, good);
            context().reload().run();
            assertRefused(good);
        }
    }

    @Test
    void aRevocationListThatIsNotInForceRefusesAll() throws Exception {
        AUTHORITY.writeRevocations(file("crl.pem"), Duration.ofDays(-1));
        start(settings(TlsSettings.ClientAuth.REQUIRE, file("crl.pem"), 10, "ec"));

        assertRefused(AUTHORITY.client("good"));

        new TestAuthority("Another").writeRevocations(file("crl.pem"), YEAR);
        context().reload().run();
        assertRefused(AUTHORITY.client("good"));
    }

    private void assertRefused(@Nullable Issued own) {
        assertThatThrownBy(() -> {
                    try (SSLSocket socket = socket(own)) {
                        exchange(socket);
                    }
                })
                .isInstanceOfAny(SSLException.class, SocketException.class);
    }

    @Test
    void newFilesAreServedAndNobodyIsDropped() throws Exception {
        start(settings(TlsSettings.ClientAuth.NONE, null, 10, "ec"));
        try (SSLSocket before = socket(null)) {
            X509Certificate first = exchange(before);

            Issued next = AUTHORITY.server(Algorithm.EC).write(file("ec.crt"), file("ec.key"));
            context().reload().run();

            try (SSLSocket after = socket(null)) {
                assertThat(exchange(after)).isEqualTo(next.certificate()).isNotEqualTo(first);
            }
            before.getOutputStream().write(new byte[] {(byte) 0xC0, 0});
            assertThat(before.getInputStream().readNBytes(6)).containsExactly(0x30, 2, 0, 0, 0xD0, 0);
            assertThat(context().expiryEpochMillis())
                    .isEqualTo(next.certificate().getNotAfter().getTime());
        }
    }

    @Test
    void filesThatDoNotFitAreRefusedAndThoseBeforeStayInForce() throws Exception {
        start(settings(TlsSettings.ClientAuth.NONE, null, 10, "ec"));
        AUTHORITY.server(Algorithm.EC).write(file("ec.crt"), file("other.key"));

        assertThatThrownBy(() -> context().reload().run())
                .isInstanceOf(TlsFileException.class)
                .hasMessageContaining("ec.key: is not the key of " + file("ec.crt"));
        try (SSLSocket socket = socket(null)) {
            exchange(socket);
        }
    }

    @Test
    void whatIsWrongWithAFileIsSaid() throws Exception {
        Files.writeString(file("empty.crt"), "");
        Files.writeString(file("empty.key"), "");
        assertProblem("no certificate", "empty");
        Files.copy(file("ec.crt"), file("keyless.crt"));
        Files.writeString(file("keyless.key"), "hello\n");
        assertProblem("no private key", "keyless");
        assertProblem("no such file", "missing");
        AUTHORITY
                .issue(new X500Name("CN=localhost"), Algorithm.RSA, Duration.ofDays(-1), null)
                .write(file("old.crt"), file("old.key"));
        assertProblem("has expired at", "old");
        AUTHORITY.server(Algorithm.RSA).write(file("rsa.crt"), file("rsa.key"));
        Files.copy(file("ec.crt"), file("mixed.crt"));
        Files.copy(file("rsa.key"), file("mixed.key"));
        assertProblem("is not the key of", "mixed");
        Files.writeString(
                file("keyless.key"),
                Files.readString(file("ec.key")).replaceAll("\\n[^-]*\\n", "\ngarbage!\n"),
                java.nio.charset.StandardCharsets.US_ASCII);
        assertProblem("not PEM, or cut off", "keyless");
    }

    private void assertProblem(String problem, String pair) {
        assertThatThrownBy(() -> TlsContext.check(settings(TlsSettings.ClientAuth.NONE, null, 10, pair)))
                .isInstanceOf(TlsFileException.class)
                .hasMessageContaining(problem)
                .hasMessageContaining(folder.resolve(pair).toString());
    }

    @Test
    void aClientWithoutTlsIsClosed() throws Exception {
        start(settings(TlsSettings.ClientAuth.NONE, null, 10, "ec"));

        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) TIMEOUT.toMillis());
            socket.getOutputStream().write(CONNECT);
            assertThat(connections.next()).isEqualTo("closed");
        }
    }

    @Test
    void handshakesWaitForTheirTurn() throws Exception {
        start(settings(TlsSettings.ClientAuth.NONE, null, 1, "ec"));

        try (Socket idle = new Socket(InetAddress.getLoopbackAddress(), port);
                SSLSocket socket = socket(null)) {
            // It has the only turn, and says nothing.
            connections.channel();
            FutureTask<X509Certificate> exchange = new FutureTask<>(() -> exchange(socket));
            new Thread(exchange, "second").start();
            connections.channel();
            org.awaitility.Awaitility.await()
                    .until(() -> registry.get("sluice.tls.handshakes.waiting")
                                    .gauge()
                                    .value()
                            == 1);
            assertThat(exchange.isDone()).isFalse();

            idle.shutdownOutput();

            assertThat(exchange.get(30, TimeUnit.SECONDS)).isNotNull();
            assertThat(registry.get("sluice.tls.handshakes").gauge().value()).isZero();
        }
    }

    private TlsContext context() {
        TlsContext started = context;
        assertThat(started).isNotNull();
        return started;
    }
}
