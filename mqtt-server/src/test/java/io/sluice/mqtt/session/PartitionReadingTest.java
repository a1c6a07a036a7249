package io.sluice.mqtt.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PartitionReadingTest {

    @Test
    void joinsWhereItMeetsTheTail() {
        PartitionReading reading = new PartitionReading(10, 5);

        assertThat(reading.tryJoin(10)).isTrue();
    }

    @Test
    void joinsAheadOfTheTail() {
        PartitionReading reading = new PartitionReading(12, 5);

        assertThat(reading.tryJoin(10)).isTrue();
    }

    @Test
    void doesNotJoinBehindTheTailWhichHasPassedWhatItWants() {
        PartitionReading reading = new PartitionReading(9, 5);

        assertThat(reading.tryJoin(10)).isFalse();
    }

    @Test
    void doesNotJoinBelowWhereTheTailBeginsToMatchForIt() {
        PartitionReading reading = new PartitionReading(10, 11);

        assertThat(reading.tryJoin(10)).isFalse();
    }

    @Test
    void joinsATailThatHasNotCome() {
        PartitionReading reading = new PartitionReading(11, 11);

        assertThat(reading.tryJoin(TailPositions.UNKNOWN)).isTrue();
    }

    @Test
    void staysJoinedWhenTheTailGoesOn() {
        PartitionReading reading = new PartitionReading(10, 0);
        reading.tryJoin(10);

        assertThat(reading.tryJoin(50)).isTrue();
    }
}
