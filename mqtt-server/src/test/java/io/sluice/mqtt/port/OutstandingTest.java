package io.sluice.mqtt.port;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OutstandingTest {

    private final Outstanding outstanding = new Outstanding();
    private final List<String> ran = new ArrayList<>();

    @Test
    void nothingIsWaitedForWhenThereIsNone() {
        outstanding.whenNone(() -> ran.add("task"));
        assertThat(ran).containsExactly("task");
    }

    @Test
    void aTaskRunsOnceWhenTheLastIsSettled() {
        outstanding.add();
        outstanding.add();
        outstanding.whenNone(() -> ran.add("task"));
        outstanding.remove();
        outstanding.settle();
        assertThat(ran).isEmpty();

        outstanding.remove();
        outstanding.settle();
        outstanding.settle();
        assertThat(ran).containsExactly("task");
        assertThat(outstanding.count()).isZero();
    }

    @Test
    void whatComesWhileAnOutcomeIsToldIsWaitedForAsWell() {
        outstanding.add();
        outstanding.whenNone(() -> ran.add("task"));
        outstanding.remove();
        // The one who is told publishes again.
        outstanding.add();
        outstanding.settle();
        assertThat(ran).isEmpty();

        outstanding.remove();
        outstanding.settle();
        assertThat(ran).containsExactly("task");
    }
}
