package io.sluice.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.sluice.kafka.client.KafkaSettings;
import io.sluice.kafka.client.TokenEndpoints;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Kafka's client fetches tokens, and has on our class path what it needs for that. */
final class TokensForKafkaTest {

    private static final String ALLOWED = "org.apache.kafka.sasl.oauthbearer.allowed.urls";

    private final @Nullable String before = System.getProperty(ALLOWED);

    @AfterEach
    void forget() {
        if (before == null) {
            System.clearProperty(ALLOWED);
        } else {
            System.setProperty(ALLOWED, before);
        }
    }

    @Test
    void kafkasClientFetchesItsTokenFromTheConfiguredEndpoint() throws Exception {
        Queue<String> asked = new ConcurrentLinkedQueue<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
        server.createContext("/token", exchange -> {
            asked.add(exchange.getRequestHeaders().getFirst("Authorization"));
            byte[] answer = ("{\"access_token\": \"" + token() + "\"}").getBytes(UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        try {
            // As docs/operating/kafka.md has it.
            Map<String, String> properties = Map.of(
                    "security.protocol", "SASL_PLAINTEXT",
                    "sasl.mechanism", "OAUTHBEARER",
                    "sasl.jaas.config", "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;",
                    "sasl.login.callback.handler.class",
                            "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler",
                    "sasl.oauthbearer.token.endpoint.url",
                            "http://127.0.0.1:" + server.getAddress().getPort() + "/token",
                    "sasl.oauthbearer.client.credentials.client.id", "sluice",
                    "sasl.oauthbearer.client.credentials.client.secret", "secret");
            TokenEndpoints.allow(properties);

            Admin.create(new KafkaSettings("127.0.0.1:1", "test", properties).admin("admin"))
                    .close();

            assertThat(List.copyOf(asked))
                    .containsExactly("Basic " + Base64.getEncoder().encodeToString("sluice:secret".getBytes(UTF_8)));
        } finally {
            server.stop(0);
        }
    }

    private static String token() {
        long now = Instant.now().getEpochSecond();
        return base64("{\"alg\":\"RS256\"}") + "."
                + base64("{\"sub\":\"sluice\",\"iat\":" + now + ",\"exp\":" + (now + 600) + "}") + "."
                + base64("signature");
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
    }
}
