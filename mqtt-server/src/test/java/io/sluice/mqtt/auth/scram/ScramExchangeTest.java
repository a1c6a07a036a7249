package io.sluice.mqtt.auth.scram;

import static io.sluice.mqtt.auth.shared.Knock.as;
import static io.sluice.mqtt.auth.shared.Knock.outcome;
import static io.sluice.mqtt.auth.shared.Knock.principal;
import static io.sluice.mqtt.auth.shared.Knock.refusal;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.mqtt.auth.AuthOutcome;
import io.sluice.mqtt.auth.EnhancedExchange;
import io.sluice.mqtt.auth.Principal;
import io.sluice.mqtt.auth.shared.AuthenticationPool;
import io.sluice.mqtt.auth.shared.Backoff;
import io.sluice.mqtt.auth.shared.BackoffSettings;
import io.sluice.mqtt.auth.shared.PoolSettings;
import io.sluice.mqtt.message.Payload;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScramExchangeTest {

    private static final String CLIENT_NONCE = "rOprNGfwEbeRWgbNEkqO";
    private static final String SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    private static final String FIRST = "n,,n=user,r=" + CLIENT_NONCE;
    private static final String SERVER_FIRST =
            "r=" + CLIENT_NONCE + SERVER_NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    private static final String FINAL =
            "c=biws,r=" + CLIENT_NONCE + SERVER_NONCE + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    private static final byte[] SALT = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");

    private final AtomicLong nanos = new AtomicLong();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AuthenticationPool pool = new AuthenticationPool(PoolSettings.DEFAULTS, nanos::get, meters);
    private final Map<String, ScramUsers.User> users = new HashMap<>();
    private final Backoff backoff = new Backoff("devices", BackoffSettings.DEFAULTS, nanos::get, meters);
    private final ScramMechanism mechanism = new ScramMechanism(
            "devices",
            new ScramUsers() {
                @Override
                public @Nullable User find(String userName) {
                    return users.get(userName);
                }

                @Override
                public int iterationsOfUnknown() {
                    return 4_096;
                }

                @Override
                public int saltBytesOfUnknown() {
                    return 16;
                }
            },
            pool,
            backoff,
            meters,
            () -> SERVER_NONCE);
    private EnhancedExchange exchange = mechanism.exchange(as(null, null));

    ScramExchangeTest() {
        add("user", "pencil");
    }

    private void add(String name, String password) {
        users.put(
                name,
                new ScramUsers.User(
                        Principal.user(name), ScramCredential.derive(password.getBytes(UTF_8), SALT, 4_096)));
    }

    @AfterEach
    void closePool() {
        pool.close();
    }

    private AuthOutcome step(String message) {
        return outcome(exchange.step(Payload.of(message)));
    }

    private void again() {
        exchange = mechanism.exchange(as(null, null));
    }

    private static String text(AuthOutcome outcome) {
        if (outcome instanceof AuthOutcome.Continue next) {
            return next.data().utf8();
        }
        if (outcome instanceof AuthOutcome.Accepted accepted) {
            return Objects.requireNonNull(accepted.data()).utf8();
        }
        throw new AssertionError(outcome);
    }

    /** A client's final message by the JDK's own functions. */
    private static String finalMessage(String first, String serverFirst, String password) {
        try {
            String header = first.substring(0, first.indexOf(',', first.indexOf(',') + 1) + 1);
            String[] parts = serverFirst.split(",");
            byte[] salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(new PBEKeySpec(
                            password.toCharArray(),
                            Base64.getDecoder().decode(parts[1].substring(2)),
                            Integer.parseInt(parts[2].substring(2)),
                            256))
                    .getEncoded();
            byte[] clientKey = hmac(salted, "Client Key");
            String withoutProof = "c=" + Base64.getEncoder().encodeToString(header.getBytes(UTF_8)) + "," + parts[0];
            byte[] signature = hmac(
                    ScramCredential.sha256(clientKey),
                    first.substring(header.length()) + "," + serverFirst + "," + withoutProof);
            for (int i = 0; i < signature.length; i++) {
                signature[i] ^= clientKey[i];
            }
            return withoutProof + ",p=" + Base64.getEncoder().encodeToString(signature);
        } catch (GeneralSecurityException missing) {
            throw new AssertionError(missing);
        }
    }

    private static byte[] hmac(byte[] key, String message) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(message.getBytes(UTF_8));
    }

    @Test
    void theExampleOfRfc7677() {
        assertThat(text(step(FIRST))).isEqualTo(SERVER_FIRST);

        AuthOutcome outcome = step(FINAL);

        assertThat(principal(outcome)).isEqualTo(Principal.user("user"));
        assertThat(text(outcome)).isEqualTo("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    }

    @Test
    void aClientThatBelievesThatWeCannotBindChannelsIsRight() {
        String first = "y,,n=user,r=abc";

        AuthOutcome outcome = step(finalMessage(first, text(step(first)), "pencil"));

        assertThat(principal(outcome).userName()).isEqualTo("user");
    }

    @Test
    void whoeverAsksForChannelBindingIsRefused() {
        assertThat(refusal(step("p=tls-unique,,n=user,r=abc"))).isEqualTo("0x87 scram_channel_binding");
    }

    @Test
    void aHeaderThatChangedOnItsWayIsRefused() {
        String serverFirst = text(step("y,,n=user,r=abc"));
        String withN = finalMessage("n,,n=user,r=abc", serverFirst, "pencil");

        assertThat(refusal(step(withN))).isEqualTo("0x87 scram_channel_binding");
    }

    @Test
    void theWrongPasswordAndTheUnknownUserLookTheSame() {
        String first = "n,,n=nobody,r=abc";
        String serverFirst = text(step(first));
        AuthOutcome unknown = step(finalMessage(first, serverFirst, "pencil"));
        again();
        AuthOutcome wrong = step(finalMessage(FIRST, text(step(FIRST)), "crayon"));

        assertThat(serverFirst).startsWith("r=abc" + SERVER_NONCE + ",s=").endsWith(",i=4096");
        assertThat(refusal(unknown)).isEqualTo("0x87 scram_unknown_user");
        assertThat(refusal(wrong)).isEqualTo("0x87 scram_wrong_proof");
    }

    @Test
    void theSaltOfAnUnknownUserIsAlwaysTheSameAndItsOwn() {
        String first = text(step("n,,n=nobody,r=abc"));
        again();
        String second = text(step("n,,n=nobody,r=abc"));
        again();
        String other = text(step("n,,n=nobody-else,r=abc"));

        assertThat(second).isEqualTo(first);
        assertThat(other).isNotEqualTo(first).hasSameSizeAs(first);
        assertThat(first).hasSize(SERVER_FIRST.length() - CLIENT_NONCE.length() + "abc".length());
    }

    @Test
    void escapedNamesAreRead() {
        add("a,b=c", "x");
        String first = "n,a=a=2Cb=3Dc,n=a=2Cb=3Dc,r=abc";

        AuthOutcome outcome = step(finalMessage(first, text(step(first)), "x"));

        assertThat(principal(outcome).userName()).isEqualTo("a,b=c");
    }

    @Test
    void namesAreBroughtIntoOneForm() {
        add("IX", "x");
        String first = "n,,n=I\u00ADX,r=abc";

        assertThat(principal(step(finalMessage(first, text(step(first)), "x"))).userName())
                .isEqualTo("IX");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "n,,n=us\u0007er,r=abc",
                "n,,n=us\u202Eer,r=abc",
                "n,,n=us\uE000er,r=abc",
                "n,,n=us\u0627er,r=abc",
                "n,,n=\u06271,r=abc",
                "n,,n=,r=abc",
                "n,,n=\u00AD,r=abc",
                "n,a=root,n=user,r=abc",
            })
    void namesThatNobodyMayHaveAreRefused(String first) {
        assertThat(refusal(step(first))).isEqualTo("0x87 scram_user_name");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "n",
                "n,",
                "n,,",
                "n,,n=user",
                "n,,r=abc,n=user",
                "n,,n=user,r=",
                "n,,n=user,r=a\u0001b",
                "n,,n=user,r=äbc",
                "n,,n=user\0,r=abc",
                "n,,m=ext,n=user,r=abc",
                "n,,n=us=er,r=abc",
                "n,,n=user=2c,r=abc",
                "n,b=user,n=user,r=abc",
                "x,,n=user,r=abc",
                "n=user,r=abc",
                "\u0000",
                "c=biws,r=abc,p=abc",
            })
    void aFirstMessageThatIsNoneIsRefused(String first) {
        assertThat(refusal(step(first))).isEqualTo("0x87 scram_malformed");
        assertThat(refusal(step(FIRST))).as("and the exchange is over").isEqualTo("0x87 scram_malformed");
    }

    @Test
    void noDataAndTooMuchAndWhatIsNotUtf8AreRefused() {
        assertThat(refusal(outcome(exchange.step(null)))).isEqualTo("0x87 scram_malformed");
        again();
        assertThat(refusal(outcome(exchange.step(Payload.EMPTY)))).isEqualTo("0x87 scram_malformed");
        again();
        assertThat(refusal(step("n,,n=user,r=" + "a".repeat(2_000)))).isEqualTo("0x87 scram_malformed");
        again();
        assertThat(refusal(outcome(exchange.step(Payload.wrap(new byte[] {'n', ',', ',', (byte) 0xC0})))))
                .isEqualTo("0x87 scram_malformed");
    }

    @Test
    void anotherNonceIsRefused() {
        step(FIRST);

        assertThat(refusal(step(FINAL.replace("k0,p=", "k1,p=")))).isEqualTo("0x87 scram_wrong_nonce");
    }

    @Test
    void theClientsNonceAloneIsRefused() {
        step(FIRST);

        assertThat(refusal(step("c=biws,r=" + CLIENT_NONCE + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")))
                .isEqualTo("0x87 scram_wrong_nonce");
    }

    @Test
    void aProofIsGoodForOneExchange() {
        ScramMechanism random = new ScramMechanism("other", mechanism.users, pool, backoff, meters);
        EnhancedExchange one = random.exchange(as(null, null));
        String proof = finalMessage(FIRST, text(outcome(one.step(Payload.of(FIRST)))), "pencil");
        principal(outcome(one.step(Payload.of(proof))));

        assertThat(refusal(outcome(one.step(Payload.of(proof))))).isEqualTo("0x87 scram_malformed");
        EnhancedExchange replay = random.exchange(as(null, null));
        text(outcome(replay.step(Payload.of(FIRST))));
        assertThat(refusal(outcome(replay.step(Payload.of(proof))))).isEqualTo("0x87 scram_wrong_nonce");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"c=biws", "c=biws,p=", "c=biws,r=NONCE,p=AAAA", "c=biws,r=NONCE,p=!", "r=NONCE,c=biws,p=AA=="})
    void aFinalMessageThatIsCutOffIsRefused(String message) {
        step(FIRST);

        assertThat(refusal(step(message.replace("NONCE", CLIENT_NONCE + SERVER_NONCE))))
                .isEqualTo("0x87 scram_malformed");
    }

    @Test
    void noPrefixOfTheFinalMessageComesIn() {
        for (int length = 0; length < FINAL.length(); length++) {
            again();
            step(FIRST);
            nanos.addAndGet(Duration.ofMinutes(2).toNanos());

            assertThat(step(FINAL.substring(0, length)))
                    .as("%d characters", length)
                    .isInstanceOf(AuthOutcome.Denied.class);
        }
    }

    @Test
    void connectsOwnUserNameMustNotSayOtherwise() {
        exchange = mechanism.exchange(as("root", null));
        assertThat(refusal(step(FIRST))).isEqualTo("0x87 scram_user_name");

        exchange = mechanism.exchange(as("user", null));
        assertThat(text(step(FIRST))).isEqualTo(SERVER_FIRST);
    }

    @Test
    void aUserThatIsRemovedMeanwhileDoesNotComeIn() {
        step(FIRST);
        users.clear();

        assertThat(refusal(step(FINAL))).isEqualTo("0x87 scram_unknown_user");
    }

    @Test
    void whoGuessesHasToWait() {
        for (int i = 0; i < 5; i++) {
            again();
            refusal(step(finalMessage(FIRST, text(step(FIRST)), "guess-" + i)));
        }
        again();

        assertThat(refusal(step(FIRST))).isEqualTo("0x89 scram_back_off");
    }

    @Test
    void aFullPoolIsABusyServer() {
        pool.close();

        assertThat(refusal(step(FIRST))).isEqualTo("0x89 scram_busy");
    }
}
