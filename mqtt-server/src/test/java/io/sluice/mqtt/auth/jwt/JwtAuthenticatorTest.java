package io.sluice.mqtt.auth.jwt;

import static io.sluice.mqtt.auth.shared.Knock.as;
import static io.sluice.mqtt.auth.shared.Knock.ask;
import static io.sluice.mqtt.auth.shared.Knock.principal;
import static io.sluice.mqtt.auth.shared.Knock.refusal;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.mqtt.auth.AuthOutcome;
import io.sluice.mqtt.auth.shared.AuthenticationPool;
import io.sluice.mqtt.auth.shared.PoolSettings;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JwtAuthenticatorTest {

    private static final long NOW_SECONDS = 1_800_000_000L;
    private static final String HEADER = "{\"alg\":\"RS256\",\"kid\":\"rsa-1\"}";
    private static final JwtSettings SETTINGS = JwtSettings.of("https://idp.example", Set.of("mqtt", "mqtt-test"));
    private static final byte[] SECRET = "0123456789abcdef0123456789abcdef".getBytes(UTF_8);

    private final AtomicLong epochMillis = new AtomicLong(NOW_SECONDS * 1_000);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AuthenticationPool pool = new AuthenticationPool(PoolSettings.DEFAULTS, System::nanoTime, meters);
    private final JwtAuthenticator authenticator = authenticator(SETTINGS, keys(Issuer.allKeys()));

    private JwtAuthenticator authenticator(JwtSettings settings, TokenKeys keys) {
        return new JwtAuthenticator("apps", settings, keys, pool, epochMillis::get, meters);
    }

    private static FixedKeys keys(byte[] jwks) {
        try {
            return new FixedKeys(KeySet.parse(jwks));
        } catch (KeyProblem problem) {
            throw new AssertionError(problem);
        }
    }

    @AfterEach
    void closePool() {
        pool.close();
    }

    /** Good claims, with others besides: {@code "groups":["a"]}. */
    private static String claims(String... others) {
        String more = others.length == 0 ? "" : "," + String.join(",", others);
        return "{\"iss\":\"https://idp.example\",\"aud\":\"mqtt\",\"exp\":" + (NOW_SECONDS + 3_600) + more
                + ",\"sub\":\"alice\"}";
    }

    private AuthOutcome show(String token) {
        return ask(authenticator, as("whoever", token));
    }

    private String refused(String claims) {
        return refusal(show(Issuer.rs256(HEADER, claims)));
    }

    @Test
    void signaturesOfAllKindsAreChecked() {
        String[] tokens = {
            Issuer.signed(JWSAlgorithm.RS256, Issuer.RSA, claims()),
            Issuer.signed(JWSAlgorithm.RS512, Issuer.RSA, claims()),
            Issuer.signed(JWSAlgorithm.PS256, Issuer.RSA, claims()),
            Issuer.signed(JWSAlgorithm.ES256, Issuer.P256, claims()),
            Issuer.signed(JWSAlgorithm.ES384, Issuer.P384, claims()),
            Issuer.ed25519("{\"alg\":\"EdDSA\",\"kid\":\"ed\"}", claims()),
            Issuer.ed25519("{\"alg\":\"Ed25519\"}", claims()),
            Issuer.rs256("{\"alg\":\"RS256\"}", claims()),
            Issuer.rs256(HEADER, claims()),
        };
        for (String token : tokens) {
            assertThat(principal(show(token)).userName()).isEqualTo("alice");
            String otherClaims =
                    token.split("\\.")[0] + "." + Issuer.base64(claims("\"admin\":true")) + "." + token.split("\\.")[2];
            assertThat(refusal(show(otherClaims))).isEqualTo("0x86 signature");
        }
    }

    @Test
    void theProofEndsWithTheToken() {
        assertThat(principal(show(Issuer.rs256(HEADER, claims()))).expiryEpochMillis())
                .isEqualTo((NOW_SECONDS + 3_600 + 60) * 1_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "None", "NONE", "nOnE", "", "HS256", "RS1", "ES256K", "rs256", "dir"})
    void otherAlgorithmsThanThoseAllowedAreRefused(String algorithm) {
        String header = "{\"alg\":\"" + algorithm + "\",\"kid\":\"rsa-1\"}";

        assertThat(refusal(show(Issuer.rs256(header, claims())))).isEqualTo("0x86 algorithm");
        assertThat(refusal(show(Issuer.base64(header) + "." + Issuer.base64(claims()) + ".")))
                .isEqualTo("0x86 algorithm");
    }

    @Test
    void aPublicKeyIsNoSecret() throws JOSEException {
        byte[] der = Issuer.RSA.toRSAPublicKey().getEncoded();
        String pem = "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END PUBLIC KEY-----\n";
        String header = "{\"alg\":\"HS256\",\"kid\":\"rsa-1\"}";

        assertThat(refusal(show(Issuer.hs256(header, claims(), der)))).isEqualTo("0x86 algorithm");
        assertThat(refusal(show(Issuer.hs256(header, claims(), pem.getBytes(UTF_8)))))
                .isEqualTo("0x86 algorithm");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> authenticator(withAlgorithms(Set.of("RS256", "HS256")), keys(Issuer.jwks(Issuer.RSA))));
    }

    private static JwtSettings withAlgorithms(Set<String> algorithms) {
        return new JwtSettings(
                TokenField.PASSWORD, null, Set.of(), algorithms, Duration.ZERO, 16 << 10, "sub", null, 10);
    }

    @Test
    void aKeyChecksSignaturesOfItsOwnKindAlone() {
        assertThat(refusal(show(Issuer.rs256("{\"alg\":\"ES256\",\"kid\":\"rsa-1\"}", claims()))))
                .isEqualTo("0x86 unknown_key");
        assertThat(refusal(show(Issuer.rs256("{\"alg\":\"RS256\",\"kid\":\"P-256\"}", claims()))))
                .isEqualTo("0x86 unknown_key");
        assertThat(refusal(show(Issuer.rs256("{\"alg\":\"ES384\",\"kid\":\"P-256\"}", claims()))))
                .isEqualTo("0x86 unknown_key");
        assertThat(refusal(show(Issuer.rs256("{\"alg\":\"PS256\",\"kid\":\"rsa-1\"}", claims()))))
                .isEqualTo("0x86 signature");
    }

    @Test
    void aSecretChecksWithItsOwnAlgorithmsAlone() throws Exception {
        JwtAuthenticator bySecret =
                authenticator(withAlgorithms(Set.of("HS256", "HS512")), new FixedKeys(KeySet.secret(SECRET)));

        assertThat(principal(ask(bySecret, as(null, Issuer.hs256("{\"alg\":\"HS256\"}", claims(), SECRET))))
                        .userName())
                .isEqualTo("alice");
        assertThat(refusal(ask(bySecret, as(null, Issuer.hs256("{\"alg\":\"HS512\"}", claims(), SECRET)))))
                .isEqualTo("0x86 unknown_key");
        assertThat(refusal(ask(bySecret, as(null, Issuer.hs256("{\"alg\":\"HS256\"}", claims(), new byte[32])))))
                .isEqualTo("0x86 signature");
        assertThat(refusal(ask(bySecret, as(null, Issuer.rs256(HEADER, claims())))))
                .isEqualTo("0x86 algorithm");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> authenticator(SETTINGS, new FixedKeys(KeySet.secret(SECRET))));
    }

    @Test
    void aTokenCannotBringItsOwnKey() {
        String jwk = Issuer.OTHER_RSA.toPublicJWK().toJSONString();
        String[] headers = {
            "{\"alg\":\"RS256\",\"jwk\":" + jwk + "}",
            "{\"alg\":\"RS256\",\"kid\":\"rsa-1\",\"jwk\":" + jwk + "}",
            "{\"alg\":\"RS256\",\"kid\":\"rsa-1\",\"jku\":\"https://evil.example/keys\"}",
            "{\"alg\":\"RS256\",\"kid\":\"rsa-1\",\"x5u\":\"https://evil.example/cert\"}",
        };
        for (String header : headers) {
            assertThat(refusal(show(Issuer.rs256(header, claims(), Issuer.OTHER_RSA))))
                    .isEqualTo("0x86 signature");
        }
        String header = "{\"alg\":\"RS256\",\"kid\":\"rsa-2\",\"jwk\":" + jwk + "}";
        assertThat(refusal(show(Issuer.rs256(header, claims(), Issuer.OTHER_RSA))))
                .isEqualTo("0x86 unknown_key");
    }

    @Test
    void aHeaderThatMustBeUnderstoodIsNot() {
        assertThat(refusal(show(Issuer.rs256(
                        "{\"alg\":\"RS256\",\"kid\":\"rsa-1\",\"crit\":[\"b64\"],\"b64\":false}", claims()))))
                .isEqualTo("0x86 critical_header");
        assertThat(refusal(show(Issuer.rs256("{\"alg\":\"RS256\",\"crit\":[]}", claims()))))
                .isEqualTo("0x86 critical_header");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                ".",
                "..",
                "...",
                "....",
                "a.b.c",
                "e30.e30.e30",
                "{}.{}.{}",
                "e30=.e30=.e30=",
                "bm90IGpzb24.e30.e30",
                "W10.e30.e30",
                "bnVsbA.e30.e30",
            })
    void whatIsNoTokenIsRefused(String text) {
        assertThat(refusal(show(text))).isIn("0x86 malformed_token", "0x86 algorithm");
    }

    @Test
    void aKeyTwiceIsNoToken() {
        assertThat(refused("{\"sub\":\"alice\"," + claims().substring(1))).isEqualTo("0x86 malformed_token");
        assertThat(refused(claims("\"x\":{\"a\":1,\"a\":2}"))).isEqualTo("0x86 malformed_token");
        assertThat(refusal(show(Issuer.rs256("{\"alg\":\"none\",\"alg\":\"RS256\"}", claims()))))
                .isEqualTo("0x86 malformed_token");
        assertThat(refused(claims() + "{}")).isEqualTo("0x86 malformed_token");
        assertThat(refused("{\"\\u0073ub\":\"root\"," + claims().substring(1))).isEqualTo("0x86 malformed_token");
    }

    @Test
    void deepNestingAndLongNumbersAreNoToken() {
        assertThat(refused(claims("\"x\":" + "[".repeat(5_000) + "]".repeat(5_000))))
                .isEqualTo("0x86 malformed_token");
        assertThat(refused("{\"exp\":1" + "0".repeat(5_000) + "}")).isEqualTo("0x86 malformed_token");
    }

    @Test
    void theNameOfAKeyIsAShortText() {
        assertThat(refusal(show(Issuer.rs256("{\"alg\":\"RS256\",\"kid\":7}", claims()))))
                .isEqualTo("0x86 malformed_token");
        assertThat(refusal(show(Issuer.rs256("{\"alg\":\"RS256\",\"kid\":\"" + "a".repeat(300) + "\"}", claims()))))
                .isEqualTo("0x86 malformed_token");
    }

    @Test
    void encryptedTokensAreNotOpened() {
        String header =
                "{\"alg\":\"PBES2-HS512+A256KW\",\"p2c\":2147483647,\"p2s\":\"c2FsdHNhbHQ\",\"enc\":\"A256GCM\"}";

        assertThat(refusal(show(Issuer.base64(header) + ".AAAA.AAAA.AAAA.AAAA")))
                .isEqualTo("0x86 malformed_token");
        assertThat(refusal(show(Issuer.base64(header) + ".AAAA.AAAA"))).isEqualTo("0x86 algorithm");
    }

    @Test
    void aMegabyteIsNotRead() {
        assertThat(refusal(show(Issuer.rs256(HEADER, claims("\"x\":\"" + "a".repeat(1 << 20) + "\"")))))
                .isEqualTo("0x86 too_long");
        assertThat(principal(show(Issuer.rs256(HEADER, claims("\"x\":\"" + "a".repeat(8_000) + "\""))))
                        .userName())
                .isEqualTo("alice");
    }

    @Test
    void noPartOfATokenComesIn() {
        String token = Issuer.rs256(HEADER, claims());

        for (int length = 0; length < token.length(); length += 7) {
            assertThat(show(token.substring(0, length)))
                    .as("%d characters", length)
                    .isInstanceOf(AuthOutcome.Denied.class);
        }
        assertThat(refusal(show(token.substring(0, token.lastIndexOf('.') + 1))))
                .isEqualTo("0x86 signature");
        assertThat(refusal(show(token.substring(0, token.length() - 1)))).isEqualTo("0x86 signature");
        assertThat(refusal(ask(authenticator, as("alice", null)))).isEqualTo("0x86 no_token");
    }

    @ParameterizedTest
    @CsvSource({"3600", "1", "0", "-59", "0.5"})
    void aTokenIsGoodUntilALittleAfterItsEnd(double secondsLeft) {
        String token = "{\"iss\":\"https://idp.example\",\"aud\":\"mqtt\",\"sub\":\"a\",\"exp\":"
                + BigDecimal.valueOf(NOW_SECONDS + secondsLeft).toPlainString() + "}";

        assertThat(principal(show(Issuer.rs256(HEADER, token))).userName()).isEqualTo("a");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"exp\":1799999940|0x87 expired",
                "\"exp\":1|0x87 expired",
                "\"exp\":0|0x87 expired",
                "\"exp\":-1|0x87 expired",
                "\"exp\":-1e300|0x87 expired",
                "\"x\":1|0x87 no_expiry",
                "\"exp\":\"1900000000\"|0x87 no_expiry",
                "\"exp\":null|0x87 no_expiry",
                "\"exp\":true|0x87 no_expiry",
                "\"exp\":[1900000000]|0x87 no_expiry",
                "\"exp\":1900000000,\"nbf\":1800000061|0x87 not_yet_valid",
                "\"exp\":1900000000,\"nbf\":\"0\"|0x87 not_yet_valid",
                "\"exp\":1900000000,\"nbf\":null|0x87 not_yet_valid",
            })
    void aTokenThatIsNotGoodNowIsRefused(String times, String expected) {
        assertThat(refused("{\"iss\":\"https://idp.example\",\"aud\":\"mqtt\",\"sub\":\"a\"," + times + "}"))
                .isEqualTo(expected);
    }

    @Test
    void clocksMayBeAMinuteApart() {
        assertThat(principal(show(Issuer.rs256(HEADER, claims("\"nbf\":" + (NOW_SECONDS + 60)))))
                        .userName())
                .isEqualTo("alice");
    }

    @Test
    void anEndAfterTheEndOfTimeIsAnEndAllTheSame() {
        String token = "{\"iss\":\"https://idp.example\",\"aud\":\"mqtt\",\"sub\":\"a\",\"exp\":1e300}";

        assertThat(principal(show(Issuer.rs256(HEADER, token))).expiryEpochMillis())
                .isEqualTo(Long.MAX_VALUE - 1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"aud\":\"mqtt\"|0x87 issuer",
                "\"iss\":\"https://idp.example/\",\"aud\":\"mqtt\"|0x87 issuer",
                "\"iss\":[\"https://idp.example\"],\"aud\":\"mqtt\"|0x87 issuer",
                "\"iss\":null,\"aud\":\"mqtt\"|0x87 issuer",
                "\"iss\":\"https://idp.example\"|0x87 audience",
                "\"iss\":\"https://idp.example\",\"aud\":\"billing\"|0x87 audience",
                "\"iss\":\"https://idp.example\",\"aud\":\"MQTT\"|0x87 audience",
                "\"iss\":\"https://idp.example\",\"aud\":[]|0x87 audience",
                "\"iss\":\"https://idp.example\",\"aud\":[\"billing\",7,[\"mqtt\"]]|0x87 audience",
                "\"iss\":\"https://idp.example\",\"aud\":{\"mqtt\":1}|0x87 audience",
            })
    void aTokenForOthersIsRefused(String claims, String expected) {
        assertThat(refused("{\"exp\":1900000000,\"sub\":\"a\"," + claims + "}")).isEqualTo(expected);
    }

    @Test
    void oneOfSeveralAudiencesIsEnough() {
        String token =
                "{\"iss\":\"https://idp.example\",\"aud\":[\"billing\",\"mqtt-test\"],\"sub\":\"a\",\"exp\":1900000000}";

        assertThat(principal(show(Issuer.rs256(HEADER, token))).userName()).isEqualTo("a");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"x\":1",
                "\"sub\":7",
                "\"sub\":\"\"",
                "\"sub\":null",
                "\"sub\":[\"alice\"]",
                "\"sub\":\"a\\u0000b\"",
                "\"sub\":\"a\\nb\"",
                "\"sub\":\"a\\u202eb\"",
                "\"sub\":\"\\u0430dmin\"",
                "\"sub\":\"\\ud800\"",
            })
    void aTokenWithoutADecentUserNameIsRefused(String sub) {
        assertThat(refused("{\"iss\":\"https://idp.example\",\"aud\":\"mqtt\",\"exp\":1900000000," + sub + "}"))
                .isEqualTo("0x87 user_name_claim");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"groups\":[\"a\",\"b c\"]|a;b c",
                "\"groups\":\"a b\"|a;b",
                "\"groups\":\" a  b \"|a;b",
                "\"groups\":\"\"|",
                "\"groups\":[]|",
                "\"groups\":null|",
                "\"x\":1|",
            })
    void groupsAreAListOrText(String groups, String expected) {
        Set<String> names =
                principal(show(Issuer.rs256(HEADER, claims(groups)))).groups();

        assertThat(names).containsExactlyInAnyOrder(expected == null ? new String[0] : expected.split(";"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "{\"a\":1}", "true", "[\"a\",7]", "[\"\"]", "[[\"a\"]]", "[\"a\\u0000\"]"})
    void otherGroupsAreRefused(String groups) {
        assertThat(refused(claims("\"groups\":" + groups))).isEqualTo("0x87 groups_claim");
    }

    @Test
    void groupsHaveALimit() {
        String many = "\"groups\":\"" + "a ".repeat(257) + "\"";

        assertThat(refused(claims(many))).isEqualTo("0x87 groups_claim");
    }

    @Test
    void claimsMayBeInsideOfOthers() {
        JwtSettings keycloak = new JwtSettings(
                TokenField.USER_NAME,
                null,
                Set.of(),
                Set.of("RS256"),
                Duration.ZERO,
                16 << 10,
                "https://acme.example/name",
                "realm_access.roles",
                10);
        String claims =
                "{\"exp\":1900000000,\"https://acme.example/name\":\"bob\",\"realm_access\":{\"roles\":[\"r\"]}}";

        AuthOutcome outcome =
                ask(authenticator(keycloak, keys(Issuer.allKeys())), as(Issuer.rs256(HEADER, claims), null));

        assertThat(principal(outcome).userName()).isEqualTo("bob");
        assertThat(principal(outcome).groups()).containsExactly("r");
    }

    @Test
    void whoIsInStaysWhenKeysChangeAndWhoComesNeedsTheNewOnes() throws Exception {
        FixedKeys keys = keys(Issuer.jwks(Issuer.RSA));
        JwtAuthenticator byFile = authenticator(SETTINGS, keys);
        String token = Issuer.rs256(HEADER, claims());
        AuthOutcome before = ask(byFile, as(null, token));

        keys.replace(KeySet.parse(Issuer.jwks(Issuer.OTHER_RSA)));

        assertThat(byFile.isStillValid(principal(before)).toCompletableFuture().join())
                .isTrue();
        assertThat(refusal(ask(byFile, as(null, token)))).isEqualTo("0x86 unknown_key");
        assertThatIllegalArgumentException().isThrownBy(() -> keys.replace(KeySet.secret(SECRET)));
    }

    @Test
    void settingsThatWouldLetInAnybodyAreRefused() {
        for (Set<String> algorithms : List.of(Set.<String>of(), Set.of("none"), Set.of("RS256", "None"))) {
            assertThatIllegalArgumentException().isThrownBy(() -> withAlgorithms(algorithms));
        }
    }

    @Test
    void noOutcomeHasTheTokenInIt() {
        String token = Issuer.rs256(HEADER, claims("\"x\":\"canary\""), Issuer.OTHER_RSA);

        assertThat(show(token).toString())
                .doesNotContain(token.substring(0, 20))
                .doesNotContain("canary");
    }
}
