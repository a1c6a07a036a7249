package io.sluice.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SequenceCheckerTest {

    private final SequenceChecker checker = new SequenceChecker();

    @Test
    void allInOrderIsNothingLost() {
        receive(0, 1, 2);

        assertThat(checker.lost(3)).isZero();
        assertThat(checker.duplicates()).isZero();
        assertThat(checker.outOfOrder()).isZero();
    }

    @Test
    void whatIsMissingInTheMiddleAndAtTheEndIsLost() {
        receive(0, 2, 3, 6);

        assertThat(checker.lost(8)).isEqualTo(4);
        assertThat(checker.distinct()).isEqualTo(4);
    }

    @Test
    void whatComesLateFillsItsGapAndIsOutOfOrder() {
        receive(0, 5, 3, 1, 4, 2);

        assertThat(checker.lost(6)).isZero();
        assertThat(checker.outOfOrder()).isEqualTo(4);
        assertThat(checker.duplicates()).isZero();
    }

    @Test
    void whatComesTwiceIsADuplicateWhetherItWasLateOrNot() {
        receive(0, 1, 1, 4, 2, 2, 0);

        assertThat(checker.duplicates()).isEqualTo(3);
        assertThat(checker.lost(5)).isEqualTo(1);
    }

    @Test
    void onlyAcknowledgedMessagesCountAsAcknowledgedAndLost() {
        receive(0, 3);

        assertThat(checker.lost(6)).isEqualTo(4);
        assertThat(checker.lostOf(6, sequence -> sequence != 2 && sequence != 5))
                .isEqualTo(2);
        assertThat(checker.lostOf(6, sequence -> false)).isZero();
    }

    @Test
    void gapsBeyondTheBoundAreStillLost() {
        for (long sequence = 1; sequence <= 2L * SequenceChecker.GAPS_MAX + 3; sequence += 2) {
            checker.onSequence(sequence);
        }

        long sent = 2L * SequenceChecker.GAPS_MAX + 4;
        assertThat(checker.lost(sent)).isEqualTo(sent / 2);
        assertThat(checker.lostOf(sent, sequence -> true)).isEqualTo(sent / 2);
    }

    private void receive(long... sequences) {
        for (long sequence : sequences) {
            checker.onSequence(sequence);
        }
    }
}
