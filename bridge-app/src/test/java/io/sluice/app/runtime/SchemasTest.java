package io.sluice.app.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.app.config.ConfigLoader;
import io.sluice.app.config.ConfigSources;
import io.sluice.kafka.format.Lookup;
import io.sluice.kafka.format.SchemaSource;
import io.sluice.mqtt.fake.TestAuthority;
import io.sluice.mqtt.fake.TestAuthority.Algorithm;
import io.sluice.mqtt.fake.TestAuthority.Issued;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a schema registry is asked that wants TLS, a certificate of ours, and a login. */
final class SchemasTest {

    private static final String PASSWORD = "of the store";

    private final TestAuthority authority = new TestAuthority("registry-ca");
    private final List<String> logins = new CopyOnWriteArrayList<>();
    private final HttpsServer registry = server();

    @TempDir
    Path folder = Path.of(".");

    private static HttpsServer server() {
        try {
            return HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeEach
    void start() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                authority.keyManagers(authority.server(Algorithm.EC)).getKeyManagers(),
                authority.trustManagers().getTrustManagers(),
                null);
        registry.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters connection) {
                SSLParameters parameters = context.getDefaultSSLParameters();
                parameters.setNeedClientAuth(true);
                connection.setSSLParameters(parameters);
            }
        });
        registry.createContext("/", this::answer);
        registry.start();
        authority.write(folder.resolve("ca.pem"));
        store(authority.client("sluice"));
    }

    @AfterEach
    void stop() {
        registry.stop(0);
    }

    private void store(Issued own) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", own.key(), PASSWORD.toCharArray(), own.chain().toArray(Certificate[]::new));
        try (OutputStream out = Files.newOutputStream(folder.resolve("own.p12"))) {
            store.store(out, PASSWORD.toCharArray());
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        logins.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        byte[] body = "{\"id\": 7, \"schema\": \"\\\"int\\\"\"}".getBytes(UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private Lookup ask(Map<String, String> settings) throws IOException {
        Path file = Files.writeString(
                folder.resolve("sluice.yaml"),
                "schema-registry: {url: \"https://127.0.0.1:"
                        + registry.getAddress().getPort() + "\"}\n");
        ConfigSources sources = new ConfigSources(List.of(file.toString()), Map.of(), settings, false, 1L << 30);
        try (SchemaSource source = Schemas.source(ConfigLoader.load(sources).usable(), new SimpleMeterRegistry())) {
            return source.awaitSubject("readings-value", SchemaSource.LATEST);
        }
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    @Test
    void withItsAuthorityOurCertificateAndATokenItAnswers() throws IOException {
        Lookup lookup = ask(Map.of(
                "schema-registry.ca",
                path("ca.pem"),
                "schema-registry.key-store",
                path("own.p12"),
                "schema-registry.key-store-password",
                PASSWORD,
                "schema-registry.token",
                "t0k3n"));

        assertThat(lookup).isInstanceOfSatisfying(Lookup.Found.class, found -> assertThat(
                        found.schema().id())
                .isEqualTo(7));
        assertThat(logins).containsExactly("Bearer t0k3n");
    }

    @Test
    void withoutItsAuthorityNothingIsSaidToIt() {
        assertThatThrownBy(() -> ask(Map.of(
                        "schema-registry.key-store",
                        path("own.p12"),
                        "schema-registry.key-store-password",
                        PASSWORD,
                        "schema-registry.token",
                        "t0k3n")))
                .isInstanceOf(IOException.class);
        assertThat(logins).isEmpty();
    }

    @Test
    void withoutOurCertificateItDoesNotAnswer() {
        assertThatThrownBy(() -> ask(Map.of("schema-registry.ca", path("ca.pem"))))
                .isInstanceOf(IOException.class);
        assertThat(logins).isEmpty();
    }

    @Test
    void aStoreThatCannotBeOpenedIsAnError() {
        assertThatThrownBy(() -> ask(Map.of(
                        "schema-registry.key-store", path("own.p12"), "schema-registry.key-store-password", "wrong")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("password");
    }
}
