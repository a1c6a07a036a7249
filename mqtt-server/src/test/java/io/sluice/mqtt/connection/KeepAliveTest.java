package io.sluice.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mqtt.fake.FakeTime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class KeepAliveTest {

    private final FakeTime time = new FakeTime();
    private final AtomicInteger expired = new AtomicInteger();
    private final KeepAlive keepAlive = new KeepAlive(time.loop(), 10, expired::incrementAndGet);

    @Test
    void silenceForOneAndAHalfTimesTheKeepAliveEndsTheConnection() {
        keepAlive.start();

        time.advance(Duration.ofMillis(14_999));
        assertThat(expired).hasValue(0);

        time.advance(Duration.ofMillis(1));
        assertThat(expired).hasValue(1);
    }

    @Test
    void whatIsReadStartsTheCountAgain() {
        keepAlive.start();
        time.advance(Duration.ofSeconds(10));

        keepAlive.onRead();

        time.advance(Duration.ofSeconds(14));
        assertThat(expired).hasValue(0);
        time.advance(Duration.ofSeconds(1));
        assertThat(expired).hasValue(1);
    }

    @Test
    void whomWeHoldIsNotSilent() {
        keepAlive.start();

        keepAlive.held(true);

        time.advance(Duration.ofHours(1));
        assertThat(expired).hasValue(0);
        keepAlive.held(false);
        time.advance(Duration.ofSeconds(14));
        assertThat(expired).hasValue(0);
        time.advance(Duration.ofSeconds(16));
        assertThat(expired).hasValue(1);
    }

    @Test
    void whatCameWhileWeStoodStillIsReadBeforeAnybodyIsSentAway() {
        keepAlive.start();
        time.advance(Duration.ofSeconds(10));

        time.stall(Duration.ofSeconds(8));

        time.advance(Duration.ofSeconds(2));
        assertThat(expired).hasValue(0);
        keepAlive.onRead();
        time.advance(Duration.ofSeconds(14));
        assertThat(expired).hasValue(0);
    }

    @Test
    void whoIsSilentAfterWeStoodStillIsSentAwayAsMuchLater() {
        keepAlive.start();

        time.stall(Duration.ofSeconds(18));

        time.advance(Duration.ofMillis(2_999));
        assertThat(expired).hasValue(0);
        time.advance(Duration.ofMillis(1));
        assertThat(expired).hasValue(1);
    }

    @Test
    void aKeepAliveOfZeroNeverExpires() {
        new KeepAlive(time.loop(), 0, expired::incrementAndGet).start();

        time.advance(Duration.ofDays(30));

        assertThat(expired).hasValue(0);
    }
}
