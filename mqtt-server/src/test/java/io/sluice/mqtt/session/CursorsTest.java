package io.sluice.mqtt.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mqtt.port.LogPartition;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class CursorsTest {

    private static final LogPartition P = new LogPartition("a", 0);
    private static final LogPartition OTHER = new LogPartition("b", 0);

    private final Map<LogPartition, Long> tails = new HashMap<>();
    private final Cursors cursors = new Cursors(partition -> tails.getOrDefault(partition, TailPositions.UNKNOWN));

    @Nested
    class Tailing {

        @Test
        void takesEverythingFromTheTail() {
            assertThat(cursors.takesFromTail(P, 0)).isTrue();
            assertThat(cursors.tryJoin(P)).isTrue();
        }

        @Test
        void standsWhereTheTailIs() {
            tails.put(P, 7L);

            assertThat(cursors.position(P, 3)).isEqualTo(7);
        }

        @Test
        void standsWhereItsSubscriptionsBeginWhileTheTailIsBelow() {
            tails.put(P, 7L);

            assertThat(cursors.position(P, 9)).isEqualTo(9);
            assertThat(cursors.position(OTHER, 4)).isEqualTo(4);
        }
    }

    @Nested
    class Lagging {

        @Test
        void takesNothingFromTheTail() {
            cursors.lag(P, 5, 0);

            assertThat(cursors.takesFromTail(P, 5)).isFalse();
            assertThat(cursors.takesFromTail(P, 6)).isFalse();
            assertThat(cursors.takesFromTail(OTHER, 6)).isTrue();
        }

        @Test
        void standsWhereItHasReadTo() {
            tails.put(P, 20L);
            cursors.lag(P, 5, 0);

            assertThat(cursors.position(P, 0)).isEqualTo(5);
        }

        @Test
        void doesNotJoinWhileTheTailIsAhead() {
            tails.put(P, 6L);
            cursors.lag(P, 5, 0);

            assertThat(cursors.tryJoin(P)).isFalse();
        }

        @Test
        void doesNotJoinBelowTheOffsetFromWhichTheTailIsComplete() {
            tails.put(P, 5L);
            cursors.lag(P, 5, 6);

            assertThat(cursors.tryJoin(P)).isFalse();
        }

        @Test
        void followsTheTailOnceItHasMetIt() {
            tails.put(P, 5L);
            cursors.lag(P, 5, 5);

            assertThat(cursors.tryJoin(P)).isTrue();
            assertThat(cursors.reading(P)).isNull();
            assertThat(cursors.takesFromTail(P, 5)).isTrue();
        }
    }

    @Nested
    class JoinedAheadOfTheTail {

        @Test
        void leavesOutWhatItHasHad() {
            tails.put(P, 5L);
            cursors.lag(P, 8, 0);
            assertThat(cursors.tryJoin(P)).isTrue();

            assertThat(cursors.takesFromTail(P, 7)).isFalse();
            assertThat(cursors.takesFromTail(P, 8)).isTrue();
            assertThat(cursors.reading(P)).isNull();
        }

        @Test
        void standsAtTheFurtherOfReadingAndTail() {
            tails.put(P, 5L);
            cursors.lag(P, 8, 0);
            cursors.tryJoin(P);
            assertThat(cursors.position(P, 0)).isEqualTo(8);

            tails.put(P, 11L);

            assertThat(cursors.position(P, 0)).isEqualTo(11);
        }
    }

    @Test
    void aForgottenPartitionFollowsTheTail() {
        cursors.lag(P, 5, 0);

        cursors.forget(P);

        assertThat(cursors.takesFromTail(P, 1)).isTrue();
    }
}
