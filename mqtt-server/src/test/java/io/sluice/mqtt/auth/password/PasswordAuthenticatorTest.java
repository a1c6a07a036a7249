package io.sluice.mqtt.auth.password;

import static io.sluice.mqtt.auth.shared.Knock.as;
import static io.sluice.mqtt.auth.shared.Knock.ask;
import static io.sluice.mqtt.auth.shared.Knock.at;
import static io.sluice.mqtt.auth.shared.Knock.principal;
import static io.sluice.mqtt.auth.shared.Knock.refusal;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.mqtt.auth.AuthOutcome;
import io.sluice.mqtt.auth.Authenticator;
import io.sluice.mqtt.auth.Principal;
import io.sluice.mqtt.auth.scram.ScramMechanism;
import io.sluice.mqtt.auth.shared.AuthenticationPool;
import io.sluice.mqtt.auth.shared.BackoffSettings;
import io.sluice.mqtt.auth.shared.CacheSettings;
import io.sluice.mqtt.auth.shared.PoolSettings;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PasswordAuthenticatorTest {

    private static final PasswordHasher CHEAP = new PasswordHasher(Algorithm.ARGON2ID, 64, 1, 1, 4, 4_096);
    private static final PasswordUser ALICE = user("alice", "wonderland", "operators");
    private static final PasswordUser BOB = user("bob", "builder");

    private final AtomicLong nanos = new AtomicLong();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AuthenticationPool pool = new AuthenticationPool(PoolSettings.DEFAULTS, nanos::get, meters);
    private final PasswordAuthenticator authenticator = authenticator(PasswordSettings.DEFAULTS);

    private static PasswordUser user(String name, String password, String... groups) {
        return new PasswordUser(name, CHEAP.hash(password.getBytes(UTF_8)), Set.of(groups));
    }

    private PasswordAuthenticator authenticator(PasswordSettings settings) {
        return new PasswordAuthenticator(
                "devices", settings, PasswordUsers.of(List.of(ALICE, BOB)), pool, nanos::get, meters);
    }

    @AfterEach
    void closePool() {
        pool.close();
    }

    private double hashes() {
        return meters.get("sluice.authentication.hash.duration")
                .tag("method", "argon2id")
                .timer()
                .count();
    }

    private double failures(String cause) {
        return meters.get("sluice.authentication.failures")
                .tag("authenticator", "devices")
                .tag("reason", cause)
                .counter()
                .count();
    }

    private static boolean isValid(Authenticator authenticator, Principal principal) {
        return authenticator.isStillValid(principal).toCompletableFuture().join();
    }

    @Test
    void theRightPasswordComesIn() {
        Principal principal = principal(ask(authenticator, as("alice", "wonderland")));

        assertThat(principal.userName()).isEqualTo("alice");
        assertThat(principal.groups()).containsExactly("operators");
        assertThat(principal.expiryEpochMillis()).isEqualTo(Principal.NEVER);
    }

    @Test
    void theClientCannotTellWhatWasWrong() {
        assertThat(refusal(ask(authenticator, as("alice", "looking-glass")))).isEqualTo("0x86 wrong_password");
        assertThat(refusal(ask(authenticator, as("carol", "looking-glass")))).isEqualTo("0x86 unknown_user");
        assertThat(refusal(ask(authenticator, as("Alice", "wonderland")))).isEqualTo("0x86 unknown_user");
        assertThat(refusal(ask(authenticator, as("alice ", "wonderland")))).isEqualTo("0x86 unknown_user");
        assertThat(refusal(ask(authenticator, as("alice", "wonderland\0")))).isEqualTo("0x86 wrong_password");
        assertThat(failures("wrong_password")).isEqualTo(2);
        assertThat(failures("unknown_user")).isEqualTo(3);
    }

    @Test
    void aUserNameAloneIsNobody() {
        assertThat(refusal(ask(authenticator, as("alice", null)))).isEqualTo("0x86 no_password");
        assertThat(refusal(ask(authenticator, as("alice", "")))).isEqualTo("0x86 no_password");
        assertThat(refusal(ask(authenticator, as(null, "wonderland")))).isEqualTo("0x86 no_user_name");
        assertThat(refusal(ask(authenticator, as("", "wonderland")))).isEqualTo("0x86 no_user_name");
        assertThat(refusal(ask(authenticator, as(null, null)))).isEqualTo("0x86 no_user_name");
        assertThat(hashes()).isZero();
    }

    @Test
    void anUnknownUserCostsAHashToo() {
        ask(authenticator, as("carol", "x"));

        assertThat(hashes()).isEqualTo(1);
    }

    @Test
    void whatIsTooLongIsNotHashed() {
        assertThat(refusal(ask(authenticator, as("alice", "x".repeat(1_025))))).isEqualTo("0x86 too_long");
        assertThat(refusal(ask(authenticator, as("x".repeat(65_535), "x")))).isEqualTo("0x86 too_long");
        assertThat(hashes()).isZero();
    }

    @Test
    void nobodyComesInByAnEmptyFile() {
        authenticator.replace(PasswordUsers.NONE);

        assertThat(refusal(ask(authenticator, as("alice", "wonderland")))).isEqualTo("0x86 unknown_user");
    }

    @Test
    void aPasswordThatWasRightIsNotHashedAgainForAMinute() {
        for (int i = 0; i < 100; i++) {
            principal(ask(authenticator, as("alice", "wonderland", at("192.0.2." + i))));
        }
        assertThat(hashes()).isEqualTo(1);

        nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        principal(ask(authenticator, as("alice", "wonderland")));
        assertThat(hashes()).isEqualTo(2);
    }

    @Test
    void aFleetThatSharesAPasswordAndComesBackAtOnceCostsOneHashOfEachThread() {
        List<CompletableFuture<AuthOutcome>> answers = IntStream.range(0, 200)
                .mapToObj(i -> authenticator
                        .authenticate(as("alice", "wonderland", at("192.0.2." + i)))
                        .toFuture())
                .toList();

        answers.forEach(answer -> principal(answer.join()));
        assertThat(hashes()).isBetween(1.0, (double) PoolSettings.DEFAULTS.threads());
    }

    @Test
    void aPasswordThatWasWrongIsHashedEachTime() {
        principal(ask(authenticator, as("alice", "wonderland")));

        refusal(ask(authenticator, as("alice", "looking-glass")));
        refusal(ask(authenticator, as("alice", "looking-glass")));

        assertThat(hashes()).isEqualTo(3);
    }

    @Test
    void theMemoryOfRightPasswordsCanBeOff() {
        PasswordAuthenticator forgetful =
                authenticator(new PasswordSettings(true, true, 1_024, BackoffSettings.DEFAULTS, CacheSettings.OFF));

        principal(ask(forgetful, as("alice", "wonderland")));
        principal(ask(forgetful, as("alice", "wonderland")));

        assertThat(hashes()).isEqualTo(2);
    }

    @Test
    void anOldPasswordIsWorthNothingAfterAReloadThoughItWasRightJustNow() {
        principal(ask(authenticator, as("alice", "wonderland")));

        authenticator.replace(PasswordUsers.of(List.of(user("alice", "new"))));

        assertThat(refusal(ask(authenticator, as("alice", "wonderland")))).isEqualTo("0x86 wrong_password");
        assertThat(principal(ask(authenticator, as("alice", "new"))).groups()).isEmpty();
    }

    @Test
    void whoIsGoneOrHasAnotherPasswordOrOtherGroupsIsNotWelcomeAnyMore() {
        Principal alice = principal(ask(authenticator, as("alice", "wonderland")));
        Principal bob = principal(ask(authenticator, as("bob", "builder")));
        assertThat(isValid(authenticator, alice)).isTrue();

        authenticator.replace(PasswordUsers.of(List.of(user("alice", "wonderland", "operators"), BOB)));
        assertThat(isValid(authenticator, alice)).as("hashed anew").isFalse();
        assertThat(isValid(authenticator, bob)).as("as before").isTrue();

        authenticator.replace(PasswordUsers.of(List.of(new PasswordUser("alice", ALICE.hash(), Set.of()))));
        assertThat(isValid(authenticator, alice)).as("not in the group").isFalse();
        assertThat(isValid(authenticator, bob)).as("removed").isFalse();

        authenticator.replace(PasswordUsers.of(List.of(ALICE)));
        assertThat(isValid(authenticator, alice)).as("as it was").isTrue();
        assertThat(isValid(authenticator, Principal.ANONYMOUS)).isFalse();
        assertThat(isValid(authenticator, Principal.user("alice"))).isFalse();
    }

    @Test
    void ofManyGuessesOnlyTheFirstAreWorthAHash() {
        for (int i = 0; i < 10_000; i++) {
            refusal(ask(authenticator, as("alice", "guess-" + i, at("192.0.2.66"))));
        }

        assertThat(hashes()).isEqualTo(5);
        assertThat(failures("back_off")).isEqualTo(9_995);
        assertThat(refusal(ask(authenticator, as("alice", "wonderland", at("192.0.2.66")))))
                .isEqualTo("0x89 back_off");
    }

    @Test
    void guessesDoNotLockOutTheirVictim() {
        principal(ask(authenticator, as("alice", "wonderland", at("192.0.2.1"))));

        for (int address = 0; address < 200; address++) {
            for (int i = 0; i < 5; i++) {
                refusal(ask(authenticator, as("alice", "guess-" + i, at("198.51.100." + address))));
            }
        }

        principal(ask(authenticator, as("alice", "wonderland", at("192.0.2.1"))));
        principal(ask(authenticator, as("bob", "builder", at("192.0.2.2"))));
    }

    @Test
    void whoWaitedComesIn() {
        for (int i = 0; i < 6; i++) {
            refusal(ask(authenticator, as("alice", "guess")));
        }

        nanos.addAndGet(Duration.ofSeconds(2).toNanos());

        assertThat(principal(ask(authenticator, as("alice", "wonderland"))).userName())
                .isEqualTo("alice");
    }

    @Test
    void aFullPoolIsABusyServer() {
        pool.close();

        assertThat(refusal(ask(authenticator, as("alice", "wonderland")))).isEqualTo("0x89 busy");
        assertThat(failures("busy")).isEqualTo(1);
    }

    @Test
    void passwordsAndScramCanBeForbidden() {
        PasswordAuthenticator scramAlone =
                authenticator(new PasswordSettings(false, true, 1_024, BackoffSettings.DEFAULTS, CacheSettings.OFF));
        PasswordAuthenticator passwordsAlone =
                authenticator(new PasswordSettings(true, false, 1_024, BackoffSettings.DEFAULTS, CacheSettings.OFF));

        assertThat(refusal(ask(scramAlone, as("alice", "wonderland")))).isEqualTo("0x86 not_offered");
        assertThat(scramAlone.exchange(ScramMechanism.METHOD, as("alice", null)))
                .isNotNull();
        assertThat(passwordsAlone.exchange(ScramMechanism.METHOD, as("alice", null)))
                .isNull();
        assertThat(authenticator.exchange("SCRAM-SHA-1", as("alice", null))).isNull();
        assertThat(authenticator.exchange("SCRAM-SHA-256-PLUS", as("alice", null)))
                .isNull();
    }

    @Test
    void noOutcomeHasASecretInIt() {
        AuthOutcome unknown = ask(authenticator, as("my-secret-as-name", "my-secret"));
        AuthOutcome wrong = ask(authenticator, as("alice", "my-secret"));

        assertThat(unknown.toString() + wrong).doesNotContain("my-secret").doesNotContain("argon2");
        assertThat(principal(ask(authenticator, as("alice", "wonderland"))).toString())
                .doesNotContain("argon2");
    }
}
