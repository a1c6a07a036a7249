package io.sluice.benchmarks.rounds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ResidentMemoryTest {

    @Test
    void readsTheLineOfTheResidentSet() {
        assertThat(ResidentMemory.parse("Name:\tjava\nVmHWM:\t  900 kB\nVmRSS:\t  12 kB\nThreads:\t3\n"))
                .isEqualTo(12 * 1_024);
    }

    @Test
    void aFileWithoutItIsRefused() {
        assertThatThrownBy(() -> ResidentMemory.parse("Name:\tkthreadd\n")).hasMessageContaining("VmRSS");
    }
}
