package io.sluice.app.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LoadAverageTest {

    @Test
    void aSteadyLoadIsItsOwnAverage() {
        LoadAverage load = new LoadAverage(1);
        for (int i = 0; i < 60; i++) {
            load.add(50, 10);
        }

        assertThat(load.value()).isCloseTo(300, within(1.0));
    }

    @Test
    void theLongerTheTimeTheSlowerItFollows() {
        LoadAverage one = new LoadAverage(1);
        LoadAverage fifteen = new LoadAverage(15);
        for (int i = 0; i < 6; i++) {
            one.add(10, 10);
            fifteen.add(10, 10);
        }

        assertThat(one.value()).isCloseTo(60 * (1 - Math.exp(-1)), within(0.01));
        assertThat(fifteen.value()).isCloseTo(60 * (1 - Math.exp(-1 / 15.0)), within(0.01));
    }

    @Test
    void noTimeIsNoLoad() {
        LoadAverage load = new LoadAverage(1);
        load.add(10, 0);

        assertThat(load.value()).isZero();
    }
}
