package io.sluice.mqtt.listener;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConnectRateTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final ConnectRate all = ConnectRate.ofAll();
    private final ConnectRate one = all.ofListener();
    private final ConnectRate other = all.ofListener();

    private static long accept(ConnectRate rate, int connections) {
        long waitNanos = 0;
        for (int i = 0; i < connections; i++) {
            waitNanos = rate.onAccepted(0);
        }
        return waitNanos;
    }

    @Test
    void withoutALimitNobodyWaits() {
        assertThat(accept(one, 100_000)).isZero();
    }

    @Test
    void aListenerHasARateOfItsOwn() {
        one.limit(10);

        assertThat(accept(one, 20)).isEqualTo(SECOND);
        assertThat(accept(other, 20)).isZero();
    }

    @Test
    void allListenersTogetherHaveARate() {
        all.limit(10);

        accept(one, 10);

        assertThat(accept(other, 10)).isEqualTo(SECOND);
        assertThat(other.perSecond()).isEqualTo(10);
    }

    @Test
    void theSlowerOneCounts() {
        all.limit(10);
        one.limit(100);
        other.limit(5);

        assertThat(accept(one, 20)).isEqualTo(SECOND);
        assertThat(one.perSecond()).isEqualTo(10);
        assertThat(other.perSecond()).isEqualTo(5);
    }

    @Test
    void anotherRateHoldsAtOnce() {
        one.limit(1);
        accept(one, 10);

        one.limit(1_000);

        assertThat(accept(one, 10)).isZero();
    }
}
