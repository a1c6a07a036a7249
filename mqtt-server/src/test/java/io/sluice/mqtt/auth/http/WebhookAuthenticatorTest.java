package io.sluice.mqtt.auth.http;

import static io.sluice.mqtt.auth.shared.Knock.as;
import static io.sluice.mqtt.auth.shared.Knock.ask;
import static io.sluice.mqtt.auth.shared.Knock.at;
import static io.sluice.mqtt.auth.shared.Knock.principal;
import static io.sluice.mqtt.auth.shared.Knock.refusal;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.mqtt.auth.AuthOutcome;
import io.sluice.mqtt.auth.Credentials;
import io.sluice.mqtt.auth.Principal;
import io.sluice.mqtt.auth.shared.AuthenticationPool;
import io.sluice.mqtt.auth.shared.BackoffSettings;
import io.sluice.mqtt.auth.shared.CacheSettings;
import io.sluice.mqtt.auth.shared.FakeHttpServer;
import io.sluice.mqtt.auth.shared.HttpSettings;
import io.sluice.mqtt.auth.shared.PoolSettings;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Payload;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookAuthenticatorTest {

    private static final String ALLOW = "{\"result\":\"allow\"}";

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong epochMillis = new AtomicLong(1_800_000_000_000L);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AuthenticationPool pool = new AuthenticationPool(PoolSettings.DEFAULTS, System::nanoTime, meters);
    private final FakeHttpServer server = new FakeHttpServer();
    private final CountDownLatch stuck = new CountDownLatch(1);
    private final WebhookAuthenticator authenticator = authenticator(new CacheSettings(100, Duration.ofSeconds(30)));

    private WebhookAuthenticator authenticator(CacheSettings cache) {
        return new WebhookAuthenticator(
                "apps",
                new WebhookSettings(
                        new HttpSettings(
                                server.url("/auth"), false, Duration.ofSeconds(2), Duration.ofMillis(500), 4_096, null),
                        2,
                        3,
                        Duration.ofSeconds(10),
                        1_024,
                        3,
                        BackoffSettings.DEFAULTS,
                        cache),
                pool,
                nanos::get,
                epochMillis::get,
                meters);
    }

    @AfterEach
    void close() {
        stuck.countDown();
        authenticator.close();
        pool.close();
        server.close();
    }

    private void answer(int status, String body) {
        server.answer(status, body.getBytes(UTF_8));
    }

    private void answerNever() {
        server.behave(exchange -> {
            try {
                stuck.await();
            } catch (InterruptedException stopped) {
                exchange.close();
            }
        });
    }

    private double requests(String outcome) {
        return meters.get("sluice.authentication.requests")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    private double gauge(String name) {
        return meters.get(name).gauge().value();
    }

    @Test
    void theOtherServerIsToldWhoKnocks() {
        answer(200, ALLOW);

        Principal principal = principal(ask(authenticator, as("al\"ice", "se\ncret")));

        assertThat(principal).isEqualTo(Principal.user("al\"ice"));
        assertThat(new String(server.bodies().get(0), UTF_8))
                .isEqualTo("{\"clientId\":\"device-1\",\"username\":\"al\\\"ice\",\"password\":\"se\\ncret\","
                        + "\"listener\":\"mqtt\",\"address\":\"192.0.2.1\"}");
    }

    @Test
    void whatIsMissingIsNullAndBytesAreBase64() {
        answer(200, ALLOW);

        Principal nobody = principal(ask(authenticator, as(null, null)));
        ask(
                authenticator,
                new Credentials(new ClientId("d"), "a", Payload.wrap(new byte[] {(byte) 0xFF}), at("2001:db8::1")));

        assertThat(nobody.userName()).isNull();
        assertThat(new String(server.bodies().get(0), UTF_8)).contains("\"username\":null,\"password\":null");
        assertThat(new String(server.bodies().get(1), UTF_8))
                .contains("\"passwordBase64\":\"/w==\"")
                .contains("\"address\":\"2001:db8:0:0:0:0:0:1\"");
    }

    @Test
    void theAnswerSaysWhoItIsAndForHowLong() {
        answer(
                200,
                "{\"result\":\"allow\",\"username\":\"bob\",\"groups\":[\"a\",\"b\"],\"expires\":1800000060,\"x\":1}");

        Principal principal = principal(ask(authenticator, as("alice", "x")));

        assertThat(principal.userName()).isEqualTo("bob");
        assertThat(principal.groups()).containsExactlyInAnyOrder("a", "b");
        assertThat(principal.expiryEpochMillis()).isEqualTo(1_800_000_060_000L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200|{\"result\":\"deny\"}|0x86 denied|answered",
                "200|{\"result\":\"deny\",\"username\":7}|0x86 denied|answered",
                "400|{\"result\":\"allow\"}|0x86 denied|answered",
                "401|''|0x86 denied|answered",
                "403|{\"result\":\"allow\"}|0x86 denied|answered",
                "404|''|0x86 denied|answered",
                "200|{\"result\":\"allow\",\"username\":\"\"}|0x87 hostile_name|answered",
                "200|{\"result\":\"allow\",\"username\":\"a\\u0000b\"}|0x87 hostile_name|answered",
                "200|{\"result\":\"allow\",\"expires\":1800000000}|0x87 expired|answered",
                "200|{\"result\":\"allow\",\"expires\":-1}|0x87 expired|answered",
                "200|''|0x88 malformed_answer|malformed",
                "200|{}|0x88 malformed_answer|malformed",
                "200|allow|0x88 malformed_answer|malformed",
                "200|\"allow\"|0x88 malformed_answer|malformed",
                "200|[{\"result\":\"allow\"}]|0x88 malformed_answer|malformed",
                "200|{\"result\":true}|0x88 malformed_answer|malformed",
                "200|{\"result\":\"ALLOW\"}|0x88 malformed_answer|malformed",
                "200|{\"result\":\"deny\",\"result\":\"allow\"}|0x88 malformed_answer|malformed",
                "200|{\"result\":\"allow\"}}|0x88 malformed_answer|malformed",
                "200|{\"result\":\"allow\"|0x88 malformed_answer|malformed",
                "200|{\"result\":\"allow\",\"username\":7}|0x88 malformed_answer|malformed",
                "200|{\"result\":\"allow\",\"groups\":\"a\"}|0x88 malformed_answer|malformed",
                "200|{\"result\":\"allow\",\"groups\":[7]}|0x88 malformed_answer|malformed",
                "200|{\"result\":\"allow\",\"groups\":[\"a\",\"b\",\"c\",\"d\"]}|0x88 malformed_answer|malformed",
                "200|{\"result\":\"allow\",\"expires\":\"1900000000\"}|0x88 malformed_answer|malformed",
                "201|{\"result\":\"allow\"}|0x88 status|status",
                "204|''|0x88 status|status",
                "302|{\"result\":\"allow\"}|0x88 status|status",
                "500|{\"result\":\"allow\"}|0x88 status|status",
                "503|''|0x88 status|status",
            })
    void onlyAClearAnswerLetsSomebodyIn(int status, String body, String expected, String outcome) {
        answer(status, body);

        assertThat(refusal(ask(authenticator, as("alice", "x")))).isEqualTo(expected);
        assertThat(requests(outcome)).isEqualTo(1);
        assertThat(gauge("sluice.authentication.requests.active")).isZero();
    }

    @Test
    void nestingAndSizeOfAnAnswerAreBounded() {
        answer(200, "{\"result\":\"allow\",\"x\":" + "[".repeat(1_000) + "]".repeat(1_000) + "}");
        assertThat(refusal(ask(authenticator, as("alice", "x")))).isEqualTo("0x88 malformed_answer");

        answer(200, "{\"result\":\"allow\",\"x\":\"" + "a".repeat(5_000) + "\"}");
        assertThat(refusal(ask(authenticator, as("alice", "x")))).isEqualTo("0x88 no_answer");
        assertThat(requests("too_large")).isEqualTo(1);
    }

    @Test
    void aRedirectIsNotFollowed() {
        server.behave(exchange -> {
            exchange.getResponseHeaders().add("Location", server.url("/other").toString());
            FakeHttpServer.send(exchange, 307, new byte[0]);
        });

        assertThat(refusal(ask(authenticator, as("alice", "x")))).isEqualTo("0x88 status");
        assertThat(server.requests()).isEqualTo(1);
    }

    @Test
    void aServerThatDoesNotAnswerLetsNobodyIn() {
        answerNever();

        assertThat(refusal(ask(authenticator, as("alice", "x")))).isEqualTo("0x88 no_answer");
        assertThat(requests("timeout")).isEqualTo(1);
    }

    @Test
    void aServerThatIsNotThereLetsNobodyIn() {
        server.close();

        assertThat(refusal(ask(authenticator, as("alice", "x")))).isEqualTo("0x88 no_answer");
        assertThat(requests("unreachable")).isEqualTo(1);
    }

    @Test
    void afterSomeFailuresItIsNotAskedForAWhile() {
        answer(500, "");
        for (int i = 0; i < 3; i++) {
            assertThat(refusal(ask(authenticator, as("alice", "x")))).isEqualTo("0x88 status");
        }
        answer(200, ALLOW);

        assertThat(refusal(ask(authenticator, as("alice", "x")))).isEqualTo("0x88 circuit_open");
        assertThat(server.requests()).isEqualTo(3);
        assertThat(gauge("sluice.authentication.circuit.open")).isEqualTo(1);

        nanos.addAndGet(Duration.ofSeconds(10).toNanos());
        assertThat(principal(ask(authenticator, as("alice", "x"))).userName()).isEqualTo("alice");
        assertThat(gauge("sluice.authentication.circuit.open")).isZero();
    }

    @Test
    void denialsDoNotOpenTheCircuit() {
        answer(403, "");
        for (int i = 0; i < 5; i++) {
            assertThat(refusal(ask(authenticator, as("user-" + i, "x")))).isEqualTo("0x86 denied");
        }

        assertThat(gauge("sluice.authentication.circuit.open")).isZero();
    }

    @Test
    void noMoreRequestsAreMadeAtOnceThanTheLimit() {
        answerNever();
        List<AuthOutcome> outcomes = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 2; i++) {
            authenticator.authenticate(as("user-" + i, "x")).subscribe(outcomes::add, error -> {});
        }
        await().until(() -> gauge("sluice.authentication.requests.active") == 2);

        assertThat(refusal(ask(authenticator, as("alice", "x")))).isEqualTo("0x89 busy");
        await().until(() -> outcomes.size() == 2);
        assertThat(gauge("sluice.authentication.requests.active")).isZero();
        assertThat(gauge("sluice.authentication.requests.active.limit")).isEqualTo(2);
    }

    @Test
    void aClientThatGoesAwayLeavesNothingBehind() {
        answerNever();
        var client = authenticator.authenticate(as("alice", "x")).subscribe(outcome -> {}, error -> {});
        await().until(() -> gauge("sluice.authentication.requests.active") == 1);

        client.dispose();

        await().until(() -> requests("timeout") + requests("unreachable") == 1);
        assertThat(requests("timeout")).as("it was waited for to its end").isEqualTo(1);
        assertThat(gauge("sluice.authentication.requests.active")).isZero();
    }

    @Test
    void whoWasAllowedIsNotAskedAboutAgainForAWhile() {
        answer(200, ALLOW);
        for (int i = 0; i < 10; i++) {
            principal(ask(authenticator, as("alice", "x")));
        }
        assertThat(server.requests()).isEqualTo(1);

        principal(ask(authenticator, as("alice", "y")));
        principal(ask(authenticator, as("alice", "x", at("192.0.2.2"))));
        assertThat(server.requests()).as("other credentials, another address").isEqualTo(3);

        nanos.addAndGet(Duration.ofSeconds(30).toNanos());
        principal(ask(authenticator, as("alice", "x")));
        assertThat(server.requests()).isEqualTo(4);

        authenticator.forget();
        principal(ask(authenticator, as("alice", "x")));
        assertThat(server.requests()).isEqualTo(5);
    }

    @Test
    void whoWasDeniedIsAskedAboutAgain() {
        answer(200, "{\"result\":\"deny\"}");
        refusal(ask(authenticator, as("alice", "x")));
        answer(200, ALLOW);

        principal(ask(authenticator, as("alice", "x")));

        assertThat(server.requests()).isEqualTo(2);
    }

    @Test
    void nothingIsRememberedForLongerThanItIsAllowed() {
        answer(200, "{\"result\":\"allow\",\"expires\":1800000010}");
        principal(ask(authenticator, as("alice", "x")));
        epochMillis.addAndGet(10_000);

        assertThat(refusal(ask(authenticator, as("alice", "x")))).isEqualTo("0x87 expired");
        assertThat(server.requests()).isEqualTo(2);
    }

    @Test
    void whoGuessesHasToWait() {
        answer(403, "");
        for (int i = 0; i < 5; i++) {
            refusal(ask(authenticator, as("alice", "guess-" + i)));
        }

        assertThat(refusal(ask(authenticator, as("alice", "x")))).isEqualTo("0x89 back_off");
        assertThat(server.requests()).isEqualTo(5);
    }

    @Test
    void whatIsTooLongIsNotPassedOn() {
        assertThat(refusal(ask(authenticator, as("alice", "x".repeat(1_025))))).isEqualTo("0x86 too_long");
        assertThat(refusal(ask(authenticator, as("a".repeat(257), "x")))).isEqualTo("0x86 too_long");
        assertThat(server.requests()).isZero();
    }

    @Test
    void noOutcomeHasASecretInIt() {
        answer(200, "{\"result\":\"canary-answer\"}");

        assertThat(ask(authenticator, as("alice", "canary-password")).toString())
                .doesNotContain("canary");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://auth.example/", "file:///etc/passwd", "auth", "https://user:secret@auth.example/"})
    void urlsThatCannotBeTrustedAreRefused(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WebhookSettings.of(URI.create(url)))
                .satisfies(refused -> assertThat(refused).hasMessageNotContaining("secret"));
    }
}
