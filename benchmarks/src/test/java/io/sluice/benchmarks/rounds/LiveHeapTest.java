package io.sluice.benchmarks.rounds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LiveHeapTest {

    @Test
    void theSumOfAHistogramIsItsLastLine() {
        String histogram = """
                4711:
                 num     #instances         #bytes  class name (module)
                -------------------------------------------------------
                   1:         12345        1234567  [B (java.base@17.0.15)
                Total         65432        7654321
                """;

        assertThat(LiveHeap.parse(histogram)).isEqualTo(7_654_321);
    }

    @Test
    void withoutASumThereIsNoNumber() {
        assertThatThrownBy(() -> LiveHeap.parse("4711:\nno such process")).hasMessageContaining("expected");
    }
}
