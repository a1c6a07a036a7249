package io.sluice.helm;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import com.sun.net.httpserver.HttpServer;
import io.sluice.app.config.ConfigLoader;
import io.sluice.app.config.ConfigSources;
import io.sluice.kafka.client.KafkaSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Kafka's clients take what the chart says about security, with the files that the Secrets become: they read them when
 * they are made.
 */
final class KafkaPropertiesTest {

    private static final Chart CHART = Chart.copy("kafka-properties");
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    static Path secrets = Path.of(".");

    @BeforeAll
    static void makeSecrets() throws Exception {
        Path store = secrets.resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "sluice",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=sluice",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .inheritIO()
                .start();
        assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue()).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
        String certificate = pem("CERTIFICATE", keys.getCertificate("sluice").getEncoded());
        Chart.write(secrets.resolve("kafka/ca.crt"), certificate);
        Chart.write(secrets.resolve("kafka/tls.crt"), certificate);
        Chart.write(
                secrets.resolve("kafka/tls.key"),
                pem("PRIVATE KEY", keys.getKey("sluice", PASSWORD).getEncoded()));
        Chart.write(secrets.resolve("kafka/password"), "pass word;=\n");
        Chart.write(secrets.resolve("kafka/client-secret"), "secret\n");
    }

    private static String pem(String type, byte[] content) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{security: {protocol: SSL}}",
                "{security: {protocol: SSL, tls: {caSecret: ca}}}",
                "{security: {protocol: SSL, tls: {caSecret: ca, clientSecret: c}}}",
                "{security: {protocol: SASL_PLAINTEXT, sasl: {mechanism: PLAIN, username: u, existingSecret: s}}}",
                "{security: {protocol: SASL_SSL, sasl: {username: u, existingSecret: s}, tls: {caSecret: ca}}}",
                "{strimzi: {cluster: c, user: u}}",
                "{strimzi: {cluster: c, user: u}, security: {protocol: SASL_SSL}}"
            })
    void aClientIsMade(String kafka) {
        try (Admin admin = Admin.create(properties(CHART.render(Chart.LEAST, "kafka: " + kafka)))) {
            assertThat(admin).isNotNull();
        }
    }

    /** Otherwise the test above would say nothing. */
    @Test
    void aClientReadsTheFilesWhenItIsMade() {
        Manifests manifests = CHART.render(Chart.LEAST, "kafka: {strimzi: {cluster: c, user: u}}");
        Map<String, Object> properties = properties(manifests);
        properties.put("ssl.keystore.key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----");

        assertThatThrownBy(() -> Admin.create(properties)).hasRootCauseInstanceOf(Exception.class);
    }

    /** The token endpoint is asked with the client's id and secret, which needs the process's leave for its address. */
    @Test
    void aTokenIsFetched() throws Exception {
        AtomicReference<String> credentials = new AtomicReference<>("");
        HttpServer endpoint = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        endpoint.createContext("/token", exchange -> {
            credentials.set(
                    Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("Authorization"), ""));
            byte[] answer = ("{\"access_token\": \"" + token() + "\"}").getBytes(US_ASCII);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        endpoint.start();
        String url = "http://127.0.0.1:" + endpoint.getAddress().getPort() + "/token";
        Manifests manifests = CHART.render(Chart.LEAST, """
                kafka:
                  security:
                    protocol: SASL_SSL
                    sasl: {mechanism: OAUTHBEARER}
                    oauth: {tokenEndpoint: "%s", clientId: sluice, existingSecret: s}
                """.formatted(url));

        Matcher option = Pattern.compile("-D(\\S+)=(\\S+)")
                .matcher(String.valueOf(
                        manifests.one("Deployment").at("spec.template.spec.containers[0].env[0].value")));
        assertThat(option.find()).isTrue();
        System.setProperty(option.group(1), option.group(2));
        try (Admin admin = Admin.create(properties(manifests))) {
            assertThat(admin).isNotNull();
        } finally {
            System.clearProperty(option.group(1));
            endpoint.stop(0);
        }

        assertThat(credentials.get())
                .isEqualTo("Basic " + Base64.getEncoder().encodeToString("sluice:secret".getBytes(US_ASCII)));
    }

    private static String token() {
        long now = Instant.now().getEpochSecond();
        return part("{\"alg\": \"none\"}") + "."
                + part("{\"sub\": \"sluice\", \"scope\": \"kafka\", \"iat\": " + now + ", \"exp\": " + (now + 3_600)
                        + "}")
                + "." + part("signature");
    }

    private static String part(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(US_ASCII));
    }

    /** As Sluice's clients get them. */
    private static Map<String, Object> properties(Manifests manifests) {
        String yaml = manifests.sluiceYaml().replace("/secrets/", secrets + "/");
        // What the server does not know yet is of no matter here.
        Map<String, Object> kafka =
                Yaml.asMap(Objects.requireNonNull(Yaml.map(yaml).get("kafka")));
        Path file = Chart.write(secrets.resolve("sluice.yaml"), new Gson().toJson(Map.of("kafka", kafka)));
        var config = ConfigLoader.load(
                        new ConfigSources(List.of(file.toString()), Map.of(), Map.of(), true, 460L << 20))
                .usable();
        String servers = "127.0.0.1:1";
        return new KafkaSettings(servers, "test", config.kafka().properties().values()).admin("test");
    }
}
