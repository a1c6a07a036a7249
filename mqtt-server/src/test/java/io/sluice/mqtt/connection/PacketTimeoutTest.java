package io.sluice.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mqtt.fake.FakeTime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PacketTimeoutTest {

    private static final Duration LIMIT = Duration.ofSeconds(100);

    private final FakeTime time = new FakeTime();
    private final AtomicInteger expired = new AtomicInteger();
    private final PacketTimeout timeout = new PacketTimeout(time.loop(), LIMIT, expired::incrementAndGet);

    @Test
    void aPacketThatDoesNotComeToItsEndExpires() {
        for (int second = 0; second < 99; second++) {
            // A byte now and then does not help.
            timeout.onRead(true, 1);
            time.advance(Duration.ofSeconds(1));
        }
        assertThat(expired).hasValue(0);

        time.advance(Duration.ofSeconds(1));
        assertThat(expired).hasValue(1);
    }

    @Test
    void manyPacketsThatComeInPartsDoNot() {
        for (int packets = 1; packets < 50; packets++) {
            timeout.onRead(true, packets);
            time.advance(Duration.ofSeconds(60));
        }

        assertThat(expired).hasValue(0);
    }

    @Test
    void theEndOfAPacketIsInTime() {
        timeout.onRead(true, 1);
        time.advance(Duration.ofSeconds(99));
        timeout.onRead(false, 2);

        time.advance(Duration.ofSeconds(500));
        assertThat(expired).hasValue(0);

        timeout.onRead(true, 2);
        time.advance(LIMIT);
        assertThat(expired).hasValue(1);
    }

    @Test
    void whoIsNotReadIsNotLate() {
        timeout.onRead(true, 1);
        timeout.held(true);
        time.advance(Duration.ofSeconds(1_000));
        assertThat(expired).hasValue(0);

        timeout.held(false);
        time.advance(LIMIT.minusSeconds(1));
        assertThat(expired).hasValue(0);
        time.advance(LIMIT);
        assertThat(expired).hasValue(1);
    }

    @Test
    void zeroIsAnyTime() {
        PacketTimeout none = new PacketTimeout(time.loop(), Duration.ZERO, expired::incrementAndGet);

        none.onRead(true, 1);
        time.advance(Duration.ofDays(1));

        assertThat(expired).hasValue(0);
    }

    @Test
    void nothingIsWaitedForAfterTheEnd() {
        timeout.onRead(true, 1);
        timeout.stop();
        time.advance(Duration.ofDays(1));

        assertThat(expired).hasValue(0);
    }
}
