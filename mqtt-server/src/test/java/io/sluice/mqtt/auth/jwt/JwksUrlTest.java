package io.sluice.mqtt.auth.jwt;

import static io.sluice.mqtt.auth.shared.Knock.as;
import static io.sluice.mqtt.auth.shared.Knock.ask;
import static io.sluice.mqtt.auth.shared.Knock.principal;
import static io.sluice.mqtt.auth.shared.Knock.refusal;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.jwk.RSAKey;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.mqtt.auth.AuthOutcome;
import io.sluice.mqtt.auth.shared.AuthenticationPool;
import io.sluice.mqtt.auth.shared.FakeHttpServer;
import io.sluice.mqtt.auth.shared.HttpSettings;
import io.sluice.mqtt.auth.shared.PoolSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

class JwksUrlTest {

    private static final String CLAIMS = "{\"exp\":1900000000,\"sub\":\"alice\"}";
    private static final byte[] OLD = Issuer.jwks(Issuer.RSA);
    private static final byte[] BOTH = Issuer.jwks(Issuer.RSA, Issuer.OTHER_RSA);

    private final AtomicLong nanos = new AtomicLong();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AuthenticationPool pool =
            new AuthenticationPool(new PoolSettings(2, 10_000, Duration.ofMinutes(1)), System::nanoTime, meters);
    private final FakeHttpServer idp = new FakeHttpServer();
    private final JwksSettings settings = new JwksSettings(
            new HttpSettings(
                    idp.url("/keys"), false, Duration.ofSeconds(2), Duration.ofMillis(500), KeySet.BYTES_MAX, null),
            Duration.ofMinutes(15),
            Duration.ofMinutes(1),
            Duration.ofSeconds(5));

    private JwksUrl start() {
        JwksUrl keys = new JwksUrl("apps", settings, nanos::get, () -> 1_800_000_000_000L, meters);
        // Joins the request that it has begun by itself.
        keys.refresh().toCompletableFuture().join();
        return keys;
    }

    private JwtAuthenticator authenticator(JwksUrl keys) {
        return new JwtAuthenticator(
                "apps", JwtSettings.of(null, Set.of()), keys, pool, () -> 1_800_000_000_000L, meters);
    }

    @AfterEach
    void close() {
        pool.close();
        idp.close();
    }

    private static String token(RSAKey key) {
        return Issuer.rs256("{\"alg\":\"RS256\",\"kid\":\"" + key.getKeyID() + "\"}", CLAIMS, key);
    }

    private void pass(Duration duration) {
        nanos.addAndGet(duration.toNanos());
    }

    private double requests(String outcome) {
        return meters.get("sluice.authentication.requests")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    @Test
    void keysAreFetchedAtTheStart() {
        idp.answer(200, OLD);

        try (JwksUrl keys = start()) {
            assertThat(principal(ask(authenticator(keys), as(null, token(Issuer.RSA))))
                            .userName())
                    .isEqualTo("alice");
            assertThat(idp.requests()).isEqualTo(1);
            assertThat(meters.get("sluice.jwks.keys").gauge().value()).isEqualTo(1);
            assertThat(meters.get("sluice.jwks.last.success.timestamp").gauge().value())
                    .isEqualTo(1_800_000_000);
        }
    }

    @Test
    void keysAreLookedForInTimeThoughNobodyComes() {
        idp.answer(200, OLD);
        try (JwksUrl keys = start()) {
            keys.refresh().toCompletableFuture().join();
            pass(JwksSettings.of(java.net.URI.create("http://127.0.0.1/keys"))
                    .refreshEvery()
                    .minusSeconds(1));
            keys.refreshIfDue();
            assertThat(idp.requests()).isEqualTo(1);

            idp.answer(200, BOTH);
            pass(Duration.ofSeconds(1));
            keys.refreshIfDue();
            keys.refresh().toCompletableFuture().join();

            assertThat(idp.requests()).isEqualTo(2);
            assertThat(meters.get("sluice.jwks.keys").gauge().value()).isEqualTo(2);
        }
    }

    @Test
    void aTokenOfANewKeyComesInAtOnce() {
        idp.answer(200, OLD);
        try (JwksUrl keys = start()) {
            idp.answer(200, BOTH);
            pass(Duration.ofMinutes(1));

            assertThat(principal(ask(authenticator(keys), as(null, token(Issuer.OTHER_RSA))))
                            .userName())
                    .isEqualTo("alice");
            assertThat(idp.requests()).isEqualTo(2);
        }
    }

    @Test
    void aStormOfUnknownKeysIsOneRequestAMinute() {
        idp.answer(200, OLD);
        try (JwksUrl keys = start()) {
            JwtAuthenticator authenticator = authenticator(keys);
            for (int minute = 1; minute <= 3; minute++) {
                pass(Duration.ofMinutes(1));
                List<AuthOutcome> outcomes = Objects.requireNonNull(Flux.range(0, 1_000)
                        .flatMap(
                                i -> authenticator.authenticate(as(
                                        null,
                                        Issuer.base64("{\"alg\":\"RS256\",\"kid\":\"guess-" + i + "\"}") + "."
                                                + Issuer.base64(CLAIMS) + ".AAAA")),
                                1_000)
                        .collectList()
                        .block(Duration.ofSeconds(30)));

                assertThat(outcomes).hasSize(1_000).allSatisfy(outcome -> assertThat(refusal(outcome))
                        .isEqualTo("0x86 unknown_key"));
                assertThat(idp.requests()).isEqualTo(1 + minute);
            }
        }
    }

    @Test
    void theLastKeysStayInForceWhenTheProviderIsAway() {
        idp.answer(200, OLD);
        try (JwksUrl keys = start()) {
            JwtAuthenticator authenticator = authenticator(keys);
            idp.answer(503, OLD);
            pass(Duration.ofHours(1));

            assertThat(principal(ask(authenticator, as(null, token(Issuer.RSA))))
                            .userName())
                    .isEqualTo("alice");

            await().untilAsserted(() -> assertThat(requests("status")).isEqualTo(1));
            assertThat(principal(ask(authenticator, as(null, token(Issuer.RSA))))
                            .userName())
                    .isEqualTo("alice");
            assertThat(meters.get("sluice.jwks.keys").gauge().value()).isEqualTo(1);
        }
    }

    @Test
    void oldKeysAreReplacedWhileThoseWhoComeGoOnComingIn() {
        idp.answer(200, BOTH);
        try (JwksUrl keys = start()) {
            JwtAuthenticator authenticator = authenticator(keys);
            idp.answer(200, OLD);
            pass(Duration.ofMinutes(15));

            ask(authenticator, as(null, token(Issuer.OTHER_RSA)));
            keys.refresh().toCompletableFuture().join();

            assertThat(refusal(ask(authenticator, as(null, token(Issuer.OTHER_RSA)))))
                    .isEqualTo("0x86 unknown_key");
            assertThat(idp.requests()).isEqualTo(2);
        }
    }

    @Test
    void withoutAnyKeysNobodyComesInUntilThereAreSome() {
        idp.answer(500, OLD);
        try (JwksUrl keys = start()) {
            JwtAuthenticator authenticator = authenticator(keys);
            assertThat(refusal(ask(authenticator, as(null, token(Issuer.RSA))))).isEqualTo("0x88 no_keys");

            idp.answer(200, OLD);
            pass(Duration.ofSeconds(5));

            assertThat(principal(ask(authenticator, as(null, token(Issuer.RSA))))
                            .userName())
                    .isEqualTo("alice");
        }
    }

    @Test
    void aRedirectIsNotFollowed() {
        idp.behave(exchange -> {
            if (exchange.getRequestURI().getPath().equals("/keys")) {
                exchange.getResponseHeaders().add("Location", idp.url("/other").toString());
                FakeHttpServer.send(exchange, 302, new byte[0]);
            } else {
                FakeHttpServer.send(exchange, 200, OLD);
            }
        });

        try (JwksUrl keys = start()) {
            assertThat(keys.current()).isNull();
            assertThat(requests("status")).isEqualTo(1);
            assertThat(idp.requests()).isEqualTo(1);
        }
    }

    @Test
    void whatIsTooLargeIsNotRead() {
        byte[] large = (new String(OLD, UTF_8) + " ".repeat(KeySet.BYTES_MAX)).getBytes(UTF_8);
        idp.answer(200, large);

        try (JwksUrl keys = start()) {
            assertThat(keys.current()).isNull();
            assertThat(requests("too_large")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aProviderThatDoesNotComeToAnEndIsNotWaitedFor(boolean afterTheHead) {
        CountDownLatch end = new CountDownLatch(1);
        idp.behave(exchange -> {
            if (afterTheHead) {
                exchange.sendResponseHeaders(200, OLD.length);
                exchange.getResponseBody().write(OLD, 0, 10);
                exchange.getResponseBody().flush();
            }
            try {
                end.await();
            } catch (InterruptedException stopped) {
                exchange.close();
            }
        });

        try (JwksUrl keys = start()) {
            assertThat(keys.current()).isNull();
            assertThat(requests("timeout")).isEqualTo(1);
        } finally {
            end.countDown();
        }
    }

    @Test
    void whatIsNoKeySetChangesNothing() {
        idp.answer(200, OLD);
        try (JwksUrl keys = start()) {
            idp.answer(200, "<html>sign in</html>".getBytes(UTF_8));
            pass(Duration.ofMinutes(1));

            keys.refresh().toCompletableFuture().join();

            assertThat(requests("malformed")).isEqualTo(1);
            assertThat(meters.get("sluice.jwks.keys").gauge().value()).isEqualTo(1);
        }
    }

    @Test
    void aProviderThatIsNotThereIsUnreachable() {
        idp.close();

        try (JwksUrl keys = start()) {
            assertThat(keys.current()).isNull();
            assertThat(requests("unreachable")).isEqualTo(1);
        }
    }

    @Test
    void whoDoesNotWaitAnyLongerEndsTheRequestForNobodyElse() {
        idp.answer(200, OLD);
        try (JwksUrl keys = start()) {
            JwtAuthenticator authenticator = authenticator(keys);
            CountDownLatch answer = new CountDownLatch(1);
            idp.behave(exchange -> {
                try {
                    answer.await();
                } catch (InterruptedException stopped) {
                    return;
                }
                FakeHttpServer.send(exchange, 200, BOTH);
            });
            pass(Duration.ofMinutes(1));
            Disposable impatient = authenticator
                    .authenticate(as(null, token(Issuer.OTHER_RSA)))
                    .subscribe(outcome -> {}, error -> {});
            await().until(() -> idp.requests() == 2);

            impatient.dispose();
            answer.countDown();

            assertThat(principal(ask(authenticator, as(null, token(Issuer.OTHER_RSA))))
                            .userName())
                    .isEqualTo("alice");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://idp.example/keys", "ftp://idp.example/", "keys", "https:///keys", "https://u:p@idp/k"})
    void urlsThatCannotBeTrustedAreRefused(String url) {
        assertThatIllegalArgumentException().isThrownBy(() -> JwksSettings.of(URI.create(url)));
    }
}
