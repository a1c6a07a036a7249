package io.sluice.app.management;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.sluice.mqtt.auth.AuthOutcome;
import io.sluice.mqtt.auth.Authenticator;
import io.sluice.mqtt.auth.Principal;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.ReasonCode;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

final class GatekeeperTest {

    private static final String TOKEN = "abcdefgh-0123456789";
    private static final Authenticator ANN = credentials -> {
        Payload password = credentials.password();
        boolean isRight = "ann".equals(credentials.userName())
                && password != null
                && Arrays.equals(password.bytes(), "pa:ss".getBytes(UTF_8));
        return Mono.just(
                isRight
                        ? AuthOutcome.accepted(Principal.ANONYMOUS)
                        : new AuthOutcome.Denied(
                                "mallory".equals(credentials.userName())
                                        ? ReasonCode.SERVER_BUSY
                                        : ReasonCode.BAD_USER_NAME_OR_PASSWORD,
                                "no"));
    };

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Gatekeeper gate = new Gatekeeper(registry);

    private static HttpHeaders headers(String... pairs) {
        HttpHeaders headers = new DefaultHttpHeaders();
        headers.set("Host", "127.0.0.1:8080");
        for (int i = 0; i < pairs.length; i += 2) {
            headers.set(pairs[i], pairs[i + 1]);
        }
        return headers;
    }

    /** What a visitor is told, or 200. */
    private int visit(String peer, HttpHeaders headers) {
        Gatekeeper.@Nullable Refusal refused = gate.refusal(
                        new Gatekeeper.Visitor(new InetSocketAddress(peer, 4711), headers))
                .block();
        return refused == null ? 200 : refused.status().code();
    }

    private int visitAs(String userAndPassword) {
        return visit(
                "192.0.2.1",
                headers(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(UTF_8))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:8080", "localhost:8080", "LOCALHOST", "[::1]:8080", "10.0.0.7"})
    void whoIsOnThisMachineMay(String host) {
        assertThat(visit("127.0.0.1", headers("Host", host))).isEqualTo(200);
        assertThat(visit("::1", headers("Host", host))).isEqualTo(200);
    }

    @Test
    void nobodyElseMayWithoutAuthentication() {
        assertThat(visit("192.0.2.1", headers())).isEqualTo(403);
        assertThat(visitAs("ann:pa:ss")).isEqualTo(403);
        assertThat(registry.get("sluice.management.denied").counter().count()).isEqualTo(2);
    }

    /** A page that was made for it, a name server that lies for it, and a proxy that speaks for others. */
    @ParameterizedTest
    @CsvSource({
        "Origin, http://evil.example",
        "Origin, http://127.0.0.1:8080",
        "Origin, null",
        "Host, evil.example:8080",
        "Host, localhost.evil.example",
        "Host, ''",
        "X-Forwarded-For, 192.0.2.1",
        "Forwarded, for=192.0.2.1"
    })
    void thisMachineIsNotTrustedWhoeverItSpeaksFor(String header, String value) {
        assertThat(visit("127.0.0.1", headers(header, value))).isEqualTo(403);
    }

    @Test
    void aPageMayNotEvenWithAPassword() {
        gate.token(TOKEN);

        assertThat(visit("192.0.2.1", headers("Authorization", "Bearer " + TOKEN)))
                .isEqualTo(200);
        assertThat(visit("192.0.2.1", headers("Authorization", "Bearer " + TOKEN, "Origin", "http://a")))
                .isEqualTo(403);
    }

    @Test
    void aUserMayByThePassword() {
        gate.users(ANN);

        assertThat(visitAs("ann:pa:ss")).isEqualTo(200);
        assertThat(visitAs("ann:pa")).isEqualTo(401);
        assertThat(visitAs("bob:pa:ss")).isEqualTo(401);
        assertThat(visitAs("ann")).isEqualTo(401);
        assertThat(visitAs("mallory:x")).isEqualTo(429);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic %%%", "Basic", "Bearer abcdefgh-0123456789", "Digest x", ""})
    void whatIsNoPasswordIsAskedForOne(String authorization) {
        gate.users(ANN);

        assertThat(visit("192.0.2.1", headers("Authorization", authorization))).isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource({
        "Bearer abcdefgh-0123456789, 200",
        "bearer abcdefgh-0123456789, 200",
        "Bearer abcdefgh-012345678, 401",
        "Bearer abcdefgh-01234567890, 401",
        "Bearer, 401",
        "Basic abcdefgh-0123456789, 401"
    })
    void aTokenIsWhollyRight(String authorization, int status) {
        gate.token(TOKEN);

        assertThat(visit("192.0.2.1", headers("Authorization", authorization))).isEqualTo(status);
    }

    @Test
    void whoMustProveHimselfIsToldHow() {
        gate.users(ANN);

        Gatekeeper.@Nullable Refusal refused = gate.refusal(
                        new Gatekeeper.Visitor(new InetSocketAddress("192.0.2.1", 1), headers()))
                .block();

        assertThat(refused).isNotNull();
        assertThat(refused.challenge()).isEqualTo("Basic realm=\"sluice\", charset=\"UTF-8\"");
    }
}
