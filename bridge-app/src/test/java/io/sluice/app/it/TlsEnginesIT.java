package io.sluice.app.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.app.config.ConfigLoader;
import io.sluice.app.config.ConfigSources;
import io.sluice.app.runtime.Sluice;
import io.sluice.mqtt.fake.TestAuthority;
import io.sluice.mqtt.fake.TestAuthority.Algorithm;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TLS by the JDK and by BoringSSL: a client cannot tell which it is. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TlsEnginesIT {

    private static final String CONFIG = """
            listeners:
              jdk: {type: tls, bind: "127.0.0.1:0", tls: {certificate: "%1$s/server.crt", key: "%1$s/server.key", engine: jdk}}
              openssl: {type: tls, bind: "127.0.0.1:0", tls: {certificate: "%1$s/server.crt", key: "%1$s/server.key", engine: openssl}}
              page: {type: wss, bind: "127.0.0.1:0", tls: {certificate: "%1$s/server.crt", key: "%1$s/server.key"}}
            management: {bind: "127.0.0.1:0"}
            kafka: {embedded: {data-dir: "%1$s/kafka", port: 0}}
            """;

    private SSLContext context;
    private Sluice sluice;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        TestAuthority authority = new TestAuthority("Engines");
        authority.server(Algorithm.EC).write(folder.resolve("server.crt"), folder.resolve("server.key"));
        context = authority.clientContext(null);
        Path file = Files.writeString(folder.resolve("sluice.yaml"), CONFIG.formatted(folder));
        sluice = Sluice.start(ConfigLoader.load(new ConfigSources(
                        List.of(file.toString()),
                        Map.of(),
                        Map.of(),
                        true,
                        Runtime.getRuntime().maxMemory()))
                .usable());
    }

    @AfterAll
    void stop() {
        sluice.close();
    }

    private SSLSocket open(String listener, String protocol, String... alpn) throws IOException {
        SSLSocket socket = (SSLSocket)
                context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), sluice.port(listener));
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(new String[] {protocol});
        parameters.setApplicationProtocols(alpn);
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(30_000);
        return socket;
    }

    @ParameterizedTest
    @CsvSource({"jdk, TLSv1.2", "jdk, TLSv1.3", "openssl, TLSv1.2", "openssl, TLSv1.3"})
    void messagesPassByEachEngineAndVersion(String listener, String protocol) throws IOException {
        SSLSocket socket = open(listener, protocol, "mqtt");
        String topic = listener + "/" + protocol;
        try (RawClient client = new RawClient(socket)) {
            client.connect(new Connect(Protocol.MQTT_5, listener + protocol));
            client.subscribe(topic, 1);
            client.publish(topic, "x".repeat(40_000), 1, false);

            assertThat(client.message().payload()).hasSize(40_000);
            assertThat(socket.getSession().getProtocol()).isEqualTo(protocol);
            assertThat(socket.getApplicationProtocol()).isEqualTo("mqtt");
        }
    }

    /** RFC 7301, section 3.2. */
    @ParameterizedTest
    @CsvSource({"jdk, TLSv1.2", "jdk, TLSv1.3"})
    void whoNamesOtherProtocolsOnlyIsRefused(String listener, String protocol) throws IOException {
        try (SSLSocket socket = open(listener, protocol, "h2")) {
            assertThatThrownBy(socket::startHandshake)
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("no_application_protocol");
        }
    }

    @Test
    void whoNamesNoneOrOneOfOursBesideOthersIsNot() throws IOException {
        try (SSLSocket none = open("jdk", "TLSv1.3");
                SSLSocket second = open("jdk", "TLSv1.3", "h2", "x-amzn-mqtt-ca");
                SSLSocket browser = open("page", "TLSv1.3", "h2", "http/1.1")) {
            none.startHandshake();
            second.startHandshake();
            browser.startHandshake();

            assertThat(none.getApplicationProtocol()).isEmpty();
            assertThat(second.getApplicationProtocol()).isEqualTo("x-amzn-mqtt-ca");
            assertThat(browser.getApplicationProtocol()).isEqualTo("http/1.1");
        }
    }
}
