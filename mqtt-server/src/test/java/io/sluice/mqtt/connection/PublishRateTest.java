package io.sluice.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mqtt.connection.ConnectionSettings.ClientRate;
import io.sluice.mqtt.fake.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PublishRateTest {

    private final FakeTime time = new FakeTime();
    private final AtomicReference<ClientRate> limits = new AtomicReference<>(new ClientRate(10, 0));
    private final List<Boolean> holds = new ArrayList<>();
    private final PublishRate rate = new PublishRate(time.loop(), limits::get, holds::add);

    private void publish(int messages, int bytes) {
        for (int i = 0; i < messages; i++) {
            rate.onPublish(bytes);
        }
    }

    @Test
    void whoKeepsToItIsNeverHeld() {
        for (int second = 0; second < 100; second++) {
            publish(10, 1_000);
            time.advance(Duration.ofSeconds(1));
        }

        assertThat(holds).isEmpty();
    }

    @Test
    void whoIsTooFastIsHeldForAsLongAsItWasTooFast() {
        publish(20, 1);
        assertThat(holds).containsExactly(true);

        time.advance(Duration.ofMillis(999));
        assertThat(holds).containsExactly(true);

        time.advance(Duration.ofMillis(1));
        assertThat(holds).containsExactly(true, false);
    }

    @Test
    void itSaysOnceThatAClientIsHeld() {
        publish(10, 1);

        assertThat(rate.onPublish(1)).isTrue();
        assertThat(rate.onPublish(1)).isFalse();
    }

    @Test
    void whatWasReadAlreadyMakesTheWaitLonger() {
        publish(11, 1);
        time.advance(Duration.ofMillis(50));
        publish(10, 1);

        time.advance(Duration.ofMillis(1_049));
        assertThat(holds).containsExactly(true);

        time.advance(Duration.ofMillis(1));
        assertThat(holds).containsExactly(true, false);
    }

    @Test
    void bytesCountAsMessagesDo() {
        limits.set(new ClientRate(0, 1_000));

        publish(3, 1_000);
        time.advance(Duration.ofMillis(1_999));
        assertThat(holds).containsExactly(true);

        time.advance(Duration.ofMillis(1));
        assertThat(holds).containsExactly(true, false);
    }

    @Test
    void aLimitThatIsLiftedFreesWhoIsHeld() {
        publish(1_000, 1);
        limits.set(ClientRate.NONE);

        rate.onLimitsChanged();

        assertThat(holds).containsExactly(true, false);
        publish(1_000, 1);
        time.advance(Duration.ofHours(1));
        assertThat(holds).containsExactly(true, false);
    }

    @Test
    void aLimitThatComesHoldsWhoIsThere() {
        limits.set(ClientRate.NONE);
        publish(1_000, 1);
        limits.set(new ClientRate(1, 0));

        rate.onLimitsChanged();
        publish(2, 1);

        assertThat(holds).containsExactly(true);
    }

    @Test
    void whoIsGoneIsNotReadAgain() {
        publish(20, 1);

        rate.stop();
        time.advance(Duration.ofHours(1));

        assertThat(holds).containsExactly(true);
    }
}
