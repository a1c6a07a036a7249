package io.sluice.mqtt.auth.shared;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.mqtt.auth.Peer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private static final BackoffSettings SETTINGS = new BackoffSettings(
            3,
            10,
            30,
            Duration.ofSeconds(1),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            Duration.ofMinutes(15),
            Duration.ofHours(24),
            1_000);

    private final AtomicLong nanos = new AtomicLong();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Backoff backoff = new Backoff("devices", SETTINGS, nanos::get, meters);
    private final Peer attacker = Knock.at("192.0.2.66");
    private final Peer home = Knock.at("192.0.2.1");

    private void fail(int times, Peer peer, String userName) {
        for (int i = 0; i < times; i++) {
            backoff.failed(peer, userName);
        }
    }

    private void pass(Duration duration) {
        nanos.addAndGet(duration.toNanos());
    }

    @Test
    void aFewFailuresAreFree() {
        fail(2, home, "alice");

        assertThat(backoff.remaining(home, "alice")).isZero();
    }

    @Test
    void theWaitDoublesWithEachFailureUpToItsLimit() {
        fail(3, home, "alice");
        assertThat(backoff.remaining(home, "alice")).isEqualTo(Duration.ofSeconds(1));

        fail(1, home, "alice");
        assertThat(backoff.remaining(home, "alice")).isEqualTo(Duration.ofSeconds(2));

        fail(100, home, "alice");
        assertThat(backoff.remaining(home, "alice")).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void theWaitEndsHoweverOftenSomebodyKnocks() {
        fail(4, home, "alice");

        for (int i = 0; i < 4; i++) {
            assertThat(backoff.remaining(home, "alice")).isPositive();
            pass(Duration.ofMillis(500));
        }

        assertThat(backoff.remaining(home, "alice")).isZero();
    }

    @Test
    void anAddressThatTriesManyUsersHasToWaitForAll() {
        for (int i = 0; i < 10; i++) {
            backoff.failed(attacker, "user-" + i);
        }

        assertThat(backoff.remaining(attacker, "somebody else")).isPositive();
        assertThat(backoff.remaining(home, "somebody else")).isZero();
    }

    @Test
    void whoHasComeInFromThereIsNotLockedOutByOthersOfTheSameAddress() {
        backoff.succeeded(attacker, "alice");

        for (int i = 0; i < 100; i++) {
            backoff.failed(attacker, "user-" + i);
        }

        assertThat(backoff.remaining(attacker, "alice")).isZero();
        assertThat(backoff.remaining(attacker, "bob")).isPositive();
    }

    @Test
    void whoHasComeInFromThereIsNotLockedOutByGuessesFromElsewhere() {
        backoff.succeeded(home, "alice");

        for (int i = 0; i < 200; i++) {
            backoff.failed(Knock.at("198.51.100." + i), "alice");
        }

        assertThat(backoff.remaining(home, "alice")).isZero();
        assertThat(backoff.remaining(Knock.at("203.0.113.9"), "alice"))
                .isPositive()
                .isLessThanOrEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void anAccountOfOnesOwnDoesNotBuyGuessesAtOthers() {
        fail(10, attacker, "alice");

        backoff.succeeded(attacker, "mallory");

        assertThat(backoff.remaining(attacker, "alice")).isPositive();
        assertThat(backoff.remaining(attacker, "bob")).isPositive();
    }

    @Test
    void aKnownUserIsStillJudgedByItsOwnFailures() {
        backoff.succeeded(home, "alice");

        fail(3, home, "alice");

        assertThat(backoff.remaining(home, "alice")).isPositive();
    }

    @Test
    void anIpv6HostHasOneCountForItsWholeNetwork() {
        for (int i = 0; i < 10; i++) {
            backoff.failed(Knock.at("2001:db8::" + i), "user-" + i);
        }

        assertThat(backoff.remaining(Knock.at("2001:db8::beef"), "alice")).isPositive();
        assertThat(backoff.remaining(Knock.at("2001:db8:0:1::1"), "alice")).isZero();
    }

    @Test
    void failuresAreForgotten() {
        fail(50, home, "alice");

        pass(Duration.ofMinutes(15));

        assertThat(backoff.remaining(home, "alice")).isZero();
        fail(1, home, "alice");
        assertThat(backoff.remaining(home, "alice")).isZero();
    }

    @Test
    void aHundredThousandNamesDoNotFillTheMemory() {
        for (int i = 0; i < 100_000; i++) {
            backoff.failed(attacker, "user-" + i);
        }

        assertThat(meters.get("sluice.authentication.backoff.entries").gauge().value())
                .isLessThanOrEqualTo(1_000);
        assertThat(backoff.remaining(attacker, "alice")).isPositive();
        assertThat(backoff.remaining(home, "alice")).isZero();
    }
}
