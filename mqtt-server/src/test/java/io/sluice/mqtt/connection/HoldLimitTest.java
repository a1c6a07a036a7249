package io.sluice.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mqtt.fake.FakeTime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HoldLimitTest {

    private static final Duration LIMIT = Duration.ofSeconds(100);
    /** It looks four times within the limit. */
    private static final Duration AT_THE_LATEST = Duration.ofSeconds(125);

    private final FakeTime time = new FakeTime();
    private final AtomicInteger expired = new AtomicInteger();
    private final AtomicLong progress = new AtomicLong();
    private final HoldLimit limit = new HoldLimit(time.loop(), LIMIT, progress::get, expired::incrementAndGet);

    @Test
    void whoIsHeldWithoutProgressIsLetGo() {
        limit.held(true);

        time.advance(LIMIT.minusSeconds(1));
        assertThat(expired).hasValue(0);

        time.advance(AT_THE_LATEST.minus(LIMIT));
        assertThat(expired).hasValue(1);
    }

    @Test
    void aLittleProgressIsEnough() {
        limit.held(true);

        for (int i = 0; i < 20; i++) {
            time.advance(Duration.ofSeconds(70));
            progress.incrementAndGet();
            limit.held(true);
        }

        assertThat(expired).hasValue(0);
        time.advance(AT_THE_LATEST.plusSeconds(25));
        assertThat(expired).hasValue(1);
    }

    @Test
    void beingReadForAMomentStartsTheCountAgain() {
        limit.held(true);
        time.advance(Duration.ofSeconds(90));

        limit.held(false);
        limit.held(true);

        time.advance(Duration.ofSeconds(99));
        assertThat(expired).hasValue(0);
        time.advance(Duration.ofSeconds(26));
        assertThat(expired).hasValue(1);
    }

    @Test
    void whoIsReadIsNeverLetGo() {
        limit.held(true);
        limit.held(false);

        time.advance(Duration.ofDays(1));

        assertThat(expired).hasValue(0);
    }

    @Test
    void aLimitOfZeroIsNone() {
        HoldLimit none = new HoldLimit(time.loop(), Duration.ZERO, progress::get, expired::incrementAndGet);

        none.held(true);

        time.advance(Duration.ofDays(1));
        assertThat(expired).hasValue(0);
    }

    @Test
    void whoIsGoneIsNotLetGo() {
        limit.held(true);

        limit.stop();

        time.advance(Duration.ofDays(1));
        assertThat(expired).hasValue(0);
    }
}
