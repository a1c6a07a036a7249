package io.sluice.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.mqtt.codec.ReadTurn;
import io.sluice.mqtt.fake.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TurnsTest {

    private static final Duration LOOK = Duration.ofNanos(50_000);
    private static final Duration TURN_MAX = Duration.ofMillis(1).plus(LOOK);

    private final FakeTime time = new FakeTime();
    private final FakeTime.FakeLoop loop = time.loop();
    private final Turns turns = new Turns(loop);
    /** Whose work was done, in the order of the steps of 50 µs that it took. */
    private final List<String> steps = new ArrayList<>();

    /** A connection with so many steps to do. */
    private final class Busy implements Turns.Waiter {
        final String name;
        final ReadTurn turn = turns.of(this);
        int left;
        boolean isHeld;
        Duration longest = Duration.ZERO;

        Busy(String name) {
            this.name = name;
        }

        void receive(int steps) {
            left += steps;
            if (!isHeld) {
                work();
            }
        }

        private void work() {
            long begin = loop.nanoTime();
            while (left > 0 && !turn.isOver()) {
                left--;
                steps.add(name);
                time.stall(LOOK);
            }
            longest = Collections.max(List.of(longest, Duration.ofNanos(loop.nanoTime() - begin)));
            if (left == 0) {
                isHeld = false;
                turn.onAllRead();
            }
        }

        @Override
        public void onTurnOver() {
            isHeld = true;
        }

        @Override
        public void onTurn() {
            work();
        }
    }

    @Test
    void whoSendsLittleIsNeverHeld() {
        Busy light = new Busy("light");
        for (int i = 0; i < 1_000; i++) {
            light.receive(5);
            assertThat(light.isHeld).isFalse();
            assertThat(light.left).isZero();
        }
    }

    @Test
    void whoSendsMuchGoesOnWhenTheLoopHasLookedAtItsSockets() {
        Busy heavy = new Busy("heavy");

        heavy.receive(1_000);

        assertThat(heavy.isHeld).isTrue();
        assertThat(steps).as("in 0.3 ms").hasSize(6);
        // One turn of 1 ms, and no more before the loop has looked again.
        time.advance(Duration.ZERO);
        assertThat(steps).hasSize(26);
        time.advance(Duration.ofSeconds(1));
        assertThat(heavy.left).isZero();
        assertThat(heavy.isHeld).isFalse();
    }

    @Test
    void afterItsTurnItIsLikeAnyOther() {
        Busy heavy = new Busy("heavy");
        heavy.receive(100);
        time.advance(Duration.ofSeconds(1));

        heavy.receive(1_000);

        assertThat(heavy.left).isGreaterThan(990);
    }

    @Test
    void thoseWhoWaitHaveTheirTurnsOneAfterTheOther() {
        List<Busy> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Busy one = new Busy("busy-" + i);
            all.add(one);
            one.receive(500);
        }
        steps.clear();
        time.advance(Duration.ofMillis(20));

        List<String> order = new ArrayList<>();
        for (String step : steps) {
            if (order.isEmpty() || !order.get(order.size() - 1).equals(step)) {
                order.add(step);
            }
        }
        assertThat(order.subList(0, 10))
                .containsExactly(
                        "busy-0", "busy-1", "busy-2", "busy-3", "busy-4", "busy-0", "busy-1", "busy-2", "busy-3",
                        "busy-4");
        assertThat(all).allSatisfy(one -> assertThat(one.longest).isLessThanOrEqualTo(TURN_MAX));
    }

    @Test
    void thoseWithLittleLeftShareATurn() {
        List<Busy> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Busy one = new Busy("busy-" + i);
            all.add(one);
            one.receive(7);
        }
        assertThat(all).allSatisfy(one -> assertThat(one.left).isOne());

        time.advance(Duration.ZERO);

        assertThat(all).allSatisfy(one -> assertThat(one.left).isZero());
    }

    @Test
    void oneWhoFailsDoesNotHoldUpTheOthers() {
        Turns.Turn broken = turns.of(new Turns.Waiter() {
            @Override
            public void onTurnOver() {}

            @Override
            public void onTurn() {
                throw new IllegalStateException("broken");
            }
        });
        broken.await();
        Busy other = new Busy("other");
        other.receive(50);

        assertThatThrownBy(() -> time.advance(Duration.ZERO)).hasMessage("broken");
        time.advance(Duration.ofSeconds(1));

        assertThat(other.left).isZero();
    }

    @Test
    void whoWaitsAlreadyDoesNotWaitTwice() {
        Busy busy = new Busy("busy");
        Turns.Turn turn = (Turns.Turn) busy.turn;
        busy.left = 25;
        turn.await();
        turn.await();

        time.advance(Duration.ZERO);

        assertThat(steps).hasSize(20);
    }

    /** Whatever comes when: everything is done, in turns that are short. */
    @Test
    void nothingIsLeftUndone() {
        Random random = new Random(20_261_122);
        for (int run = 0; run < 200; run++) {
            List<Busy> all = new ArrayList<>();
            int count = 1 + random.nextInt(10);
            for (int i = 0; i < count; i++) {
                all.add(new Busy("busy-" + i));
            }
            steps.clear();
            int asked = 0;
            for (int i = 0; i < 50; i++) {
                int some = random.nextInt(3) == 0 ? random.nextInt(200) : random.nextInt(6);
                asked += some;
                all.get(random.nextInt(count)).receive(some);
                if (random.nextBoolean()) {
                    time.advance(Duration.ofNanos(random.nextInt(2_000_000)));
                }
            }
            time.advance(Duration.ofSeconds(1));

            assertThat(steps).hasSize(asked);
            assertThat(all).allSatisfy(one -> {
                assertThat(one.isHeld).isFalse();
                assertThat(one.longest).isLessThanOrEqualTo(TURN_MAX);
            });
        }
    }
}
