package io.sluice.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.mqtt.fake.FakeTime;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DrainTest {

    private static final Duration TURN = Duration.ofMillis(20);

    private final FakeTime time = new FakeTime();
    private final AtomicInteger told = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();

    private Drain drain(int connections, int perSecond) {
        Runnable goodbye = told::incrementAndGet;
        return new Drain(
                time.loop(),
                perSecond,
                Collections.nCopies(connections, goodbye).iterator(),
                done::incrementAndGet);
    }

    @Test
    void soManyAreToldInASecondAndNotMoreAtOnceThanATurnsShare() {
        Drain drain = drain(2_000, 500);

        drain.next();
        assertThat(told).hasValue(10);
        for (int turn = 2; turn <= 50; turn++) {
            time.advance(TURN);
            assertThat(told).hasValue(turn * 10);
        }

        time.advance(Duration.ofSeconds(3));
        assertThat(told).hasValue(2_000);
        assertThat(done).hasValue(1);
    }

    @Test
    void aSlowRateDoesNotRoundToNothing() {
        Drain drain = drain(3, 1);

        drain.next();
        time.advance(Duration.ofMillis(990));
        assertThat(told).hasValue(1);
        time.advance(Duration.ofSeconds(2));
        assertThat(told).hasValue(3);
        assertThat(done).hasValue(1);
    }

    @Test
    void nobodyIsToldAfterItIsCancelled() {
        Drain drain = drain(100, 100);

        drain.next();
        drain.cancel();
        time.advance(Duration.ofMinutes(1));

        assertThat(told).hasValue(2);
        assertThat(done).hasValue(0);
    }

    @Test
    void withoutConnectionsItIsDoneAtOnce() {
        drain(0, 500).next();

        assertThat(done).hasValue(1);
    }

    @Test
    void aRateOfNothingIsRefused() {
        assertThatThrownBy(() -> drain(1, 0))
                .hasMessageContaining("0 connections")
                .hasMessageContaining("1 or more");
    }
}
