package io.sluice.mqtt.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OldestPendingTest {

    private long seconds = -5_000;
    private final OldestPending pending = new OldestPending(() -> TimeUnit.SECONDS.toNanos(seconds));

    private record Waiting(int token, long since) {}

    @Test
    void nothingWaitsAtFirst() {
        assertThat(pending.ageSeconds()).isZero();
    }

    @Test
    void theOldestCounts() {
        int first = pending.begin();
        seconds += 10;
        int second = pending.begin();
        seconds += 5;
        assertThat(pending.ageSeconds()).isEqualTo(16);

        pending.end(first);
        assertThat(pending.ageSeconds()).isEqualTo(6);
        pending.end(second);
        assertThat(pending.ageSeconds()).isZero();
    }

    @Test
    void itIsWhatAListOfAllWouldSay() {
        SplittableRandom random = new SplittableRandom(1);
        Deque<Waiting> waiting = new ArrayDeque<>();
        for (int step = 0; step < 20_000; step++) {
            seconds += random.nextInt(3);
            if (random.nextBoolean() || waiting.isEmpty()) {
                waiting.addLast(new Waiting(pending.begin(), seconds));
            } else if (waiting.size() > 20 || random.nextInt(4) == 0) {
                pending.end(waiting.removeFirst().token);
            }
            double expected = waiting.isEmpty() ? 0 : seconds - waiting.getFirst().since + 1;
            assertThat(pending.ageSeconds()).isEqualTo(expected);
        }
    }
}
