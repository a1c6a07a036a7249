package io.sluice.kafka.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TokenEndpointsTest {

    private final @Nullable String before = System.getProperty(TokenEndpoints.ALLOWED);

    @AfterEach
    void forget() {
        if (before == null) {
            System.clearProperty(TokenEndpoints.ALLOWED);
        } else {
            System.setProperty(TokenEndpoints.ALLOWED, before);
        }
    }

    @Test
    void whatIsAllowedAlreadyStaysSo() {
        System.setProperty(TokenEndpoints.ALLOWED, "https://a/token, https://b/token");

        TokenEndpoints.allow(Map.of("sasl.oauthbearer.token.endpoint.url", "https://c/token"));

        assertThat(System.getProperty(TokenEndpoints.ALLOWED))
                .isEqualTo("https://a/token,https://b/token,https://c/token");
    }

    @Test
    void withoutAnEndpointNothingIsAllowed() {
        System.clearProperty(TokenEndpoints.ALLOWED);

        TokenEndpoints.allow(Map.of("security.protocol", "SASL_SSL"));

        assertThat(System.getProperty(TokenEndpoints.ALLOWED)).isNull();
    }
}
