package io.sluice.kafka.clock;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Kafka's clock as instances know it whose own clocks are anything. */
final class KafkaClockTest {

    private static final long SEED = Long.getLong("seed", new Random().nextLong());
    private static final long TRUE_EPOCH_MILLIS = 1_800_000_000_000L;
    private static final long TEN_MINUTES_MILLIS = Duration.ofMinutes(10).toMillis();

    private final Random random = new Random(SEED);
    /** Kafka's own time, in ns since some moment. */
    private long kafkaNanos;

    /** An instance: its clocks run as they like. */
    private final class Machine {
        private final long wallSkewMillis;
        private final long monotonicStart = random.nextLong() / 4;
        /** How much faster its monotonic clock is than Kafka's. */
        private final double drift = (random.nextDouble() - 0.5) * 4e-4;

        final KafkaClock clock = new KafkaClock(this::wallMillis, this::nanos);

        Machine(long wallSkewMillis) {
            this.wallSkewMillis = wallSkewMillis;
        }

        long nanos() {
            return monotonicStart + kafkaNanos + (long) (kafkaNanos * drift);
        }

        long wallMillis() {
            return kafkaMillis() + wallSkewMillis;
        }

        /** A record is written: it takes as long as it takes there and back. */
        void ask() {
            long sent = nanos();
            pass(Duration.ofNanos(random.nextInt(200_000_000)));
            long recordMillis = kafkaMillis();
            pass(Duration.ofNanos(random.nextInt(200_000_000)));
            clock.onRecordTime(recordMillis, sent, nanos());
        }
    }

    private long kafkaMillis() {
        return TRUE_EPOCH_MILLIS + kafkaNanos / 1_000_000;
    }

    private void pass(Duration time) {
        kafkaNanos += time.toNanos();
    }

    @Test
    void beforeKafkaHasToldTheTimeTheWallClockStandsIn() {
        Machine machine = new Machine(-TEN_MINUTES_MILLIS);

        assertThat(machine.clock.isKnown()).isFalse();
        assertThat(machine.clock.earliestMillis()).isEqualTo(kafkaMillis() - TEN_MINUTES_MILLIS);
        assertThat(machine.clock.latestMillis()).isEqualTo(kafkaMillis() - TEN_MINUTES_MILLIS);
        assertThat(machine.clock.wallAheadMillis()).isZero();
    }

    @Test
    void theTrueTimeIsAlwaysWithinTheBoundsWhichAreClose() {
        Machine machine = new Machine(TEN_MINUTES_MILLIS);
        for (int i = 0; i < 2_000; i++) {
            machine.ask();
            for (int j = 0; j < 5; j++) {
                assertThat(machine.clock.earliestMillis()).as("seed %s", SEED).isLessThanOrEqualTo(kafkaMillis());
                assertThat(machine.clock.latestMillis()).as("seed %s", SEED).isGreaterThanOrEqualTo(kafkaMillis());
                assertThat(machine.clock.latestMillis() - machine.clock.earliestMillis())
                        .as("seed %s", SEED)
                        .isLessThan(500);
                pass(Duration.ofMillis(random.nextInt(100)));
            }
        }
        assertThat(machine.clock.wallAheadMillis()).isBetween(TEN_MINUTES_MILLIS - 1, TEN_MINUTES_MILLIS + 500);
    }

    @Test
    void aDeadlineOfOneInstanceIsNeverEarlyOnAnotherNorMuchLate() {
        Machine ahead = new Machine(TEN_MINUTES_MILLIS);
        Machine behind = new Machine(-TEN_MINUTES_MILLIS);
        for (int i = 0; i < 1_000; i++) {
            ahead.ask();
            behind.ask();
            Machine writer = random.nextBoolean() ? ahead : behind;
            Machine reader = random.nextBoolean() ? ahead : behind;
            long intervalMillis = 1L + random.nextInt(60_000);
            long trulyOver = kafkaMillis() + intervalMillis;
            long deadline = writer.clock.latestMillis() + intervalMillis;

            pass(Duration.ofMillis(random.nextInt(70_000)));

            boolean isOver = reader.clock.earliestMillis() >= deadline;
            if (kafkaMillis() < trulyOver) {
                assertThat(isOver).as("early, seed %s", SEED).isFalse();
            }
            if (kafkaMillis() >= trulyOver + 1_000) {
                assertThat(isOver).as("late, seed %s", SEED).isTrue();
            }
        }
    }

    @Test
    void theWallClockMattersNoMoreOnceKafkaHasToldTheTime() {
        long[] wall = {TRUE_EPOCH_MILLIS};
        long[] nanos = {1_000};
        KafkaClock clock = new KafkaClock(() -> wall[0], () -> nanos[0]);
        clock.onRecordTime(TRUE_EPOCH_MILLIS, 0, 1_000_000);
        nanos[0] = 1_000_000;
        long before = clock.earliestMillis();

        wall[0] -= Duration.ofHours(1).toMillis();

        assertThat(clock.earliestMillis()).isEqualTo(before);
    }

    @Test
    void aClockOfKafkasThatWasSetIsFollowed() {
        long[] nanos = {0};
        KafkaClock clock = new KafkaClock(() -> 0, () -> nanos[0]);
        clock.onRecordTime(TRUE_EPOCH_MILLIS, 0, 1_000_000);
        nanos[0] = Duration.ofSeconds(10).toNanos();

        clock.onRecordTime(TRUE_EPOCH_MILLIS - 3_600_000, nanos[0], nanos[0] + 1_000_000);

        assertThat(clock.earliestMillis()).isBetween(TRUE_EPOCH_MILLIS - 3_600_002, TRUE_EPOCH_MILLIS - 3_600_000);
    }
}
