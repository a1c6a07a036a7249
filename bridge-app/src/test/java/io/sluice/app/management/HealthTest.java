package io.sluice.app.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.app.management.Health.Status;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class HealthTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ManualLoop first = new ManualLoop();
    private final ManualLoop second = new ManualLoop();
    private final LoopWatch loops = LoopWatch.start(List.of(first, second), registry, first::nanoTime);
    private final Health health = new Health(loops);

    @Nested
    final class Readiness {

        @Test
        void needsListenersAndState() {
            assertThat(health.reasons()).containsExactly("listeners are not bound yet", "state is not restored yet");

            health.onListenersBound();
            assertThat(health.isReady()).isFalse();
            health.onStateRestored();

            assertThat(health.isReady()).isTrue();
        }

        @Test
        void endsWithDraining() {
            health.onListenersBound();
            health.onStateRestored();

            health.onDraining();

            assertThat(health.reasons()).containsExactly("draining");
            assertThat(health.isLive()).isTrue();
        }

        @Test
        void outlivesAKafkaOutage() {
            health.onListenersBound();
            health.onStateRestored();

            health.report("kafka", Status.DOWN, "no broker answers");

            assertThat(health.isReady()).isTrue();
            assertThat(health.isLive()).isTrue();
            assertThat(HealthJson.of(health))
                    .contains("\"kafka\":{\"status\":\"down\",\"detail\":\"no broker answers\"}");
        }
    }

    @Nested
    final class Liveness {

        @Test
        void holdsWhileLoopsAnswer() {
            advance(Duration.ofMinutes(1));

            assertThat(health.isLive()).isTrue();
        }

        @Test
        void endsWhenALoopIsSilentForTooLongAndComesBackWithIt() {
            second.stick();
            advance(LoopWatch.LIMIT);
            assertThat(health.isLive()).isTrue();

            advance(Duration.ofSeconds(1));

            assertThat(health.isLive()).isFalse();
            assertThat(loops.late()).containsExactly(1);
            second.recover();
            assertThat(health.isLive()).isTrue();
        }

        @Test
        void isNotAskedForOnceWatchingEnds() {
            loops.stop();
            advance(Duration.ofMinutes(1));

            assertThat(health.isLive()).isTrue();
        }
    }

    @Test
    void howLateALoopIsIsMeasured() {
        second.stick();
        advance(Duration.ofSeconds(4));
        second.recover();

        assertThat(registry.get("sluice.event.loop.delay").timer().max(TimeUnit.SECONDS))
                .isEqualTo(3.0);
    }

    private void advance(Duration time) {
        first.advance(time);
        second.advance(time);
    }
}
