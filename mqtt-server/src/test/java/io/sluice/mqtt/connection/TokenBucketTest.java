package io.sluice.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenBucketTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @Test
    void aSecondsWorthIsThereAtOnce() {
        TokenBucket bucket = new TokenBucket(10, 0);

        for (int i = 0; i < 10; i++) {
            assertThat(bucket.take(1, 0)).isZero();
        }

        assertThat(bucket.take(1, 0)).isEqualTo(SECOND / 10);
    }

    @Test
    void whoIsInDebtWaitsUntilItIsPaid() {
        TokenBucket bucket = new TokenBucket(10, 0);

        assertThat(bucket.take(35, 0)).isEqualTo(SECOND * 25 / 10);

        assertThat(bucket.waitNanos(SECOND)).isEqualTo(SECOND * 15 / 10);
        assertThat(bucket.waitNanos(3 * SECOND)).isZero();
    }

    @Test
    void noMoreThanASecondsWorthIsKept() {
        TokenBucket bucket = new TokenBucket(10, 0);

        assertThat(bucket.take(11, 3_600 * SECOND)).isEqualTo(SECOND / 10);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 3, 7, 1_000, 999_999_937})
    void overTimeItIsTheRateWhateverIsTaken(long perSecond) {
        Random random = new Random(perSecond);
        long start = Long.MAX_VALUE - 5 * SECOND;
        TokenBucket bucket = new TokenBucket(perSecond, start);
        long now = start;
        double taken = 0;

        for (int i = 0; i < 1_000; i++) {
            long amount = 1L + random.nextInt(100);
            now += bucket.take(amount, now);
            taken += amount;
        }

        double seconds = (double) (now - start) / SECOND;
        assertThat(taken / perSecond).isBetween(seconds - 0.01, seconds + 1.01);
    }

    @Test
    void theLargestPacketAtTheLowestRateIsNoOverflow() {
        TokenBucket bucket = new TokenBucket(1, 0);

        assertThat(bucket.take(268_435_455, 0)).isEqualTo(268_435_454L * SECOND);
    }

    @Test
    void aRateOfNothingIsNone() {
        assertThatThrownBy(() -> new TokenBucket(0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("per second: 0 (expected: more than 0)");
    }
}
