package io.sluice.benchmarks.rounds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MediansTest {

    @Test
    void theMedianIsInTheMiddleWhateverTheOrder() {
        assertThat(Medians.of(List.of(9.0, 1.0, 2.0))).isEqualTo(2.0);
        assertThat(Medians.of(List.of(5.0))).isEqualTo(5.0);
    }

    @Test
    void ofAnEvenNumberItIsTheMeanOfTheTwoInTheMiddle() {
        assertThat(Medians.of(List.of(4.0, 1.0, 2.0, 100.0))).isEqualTo(3.0);
    }

    @Test
    void whatIsNoNumberDoesNotCount() {
        assertThat(Medians.of(List.of(Double.NaN, 3.0))).isEqualTo(3.0);
        assertThat(Medians.of(List.of())).isNaN();
        assertThat(Medians.of(List.of(Double.NaN))).isNaN();
    }
}
