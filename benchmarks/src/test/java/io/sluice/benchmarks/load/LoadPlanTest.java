package io.sluice.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadPlanTest {

    @Test
    void subscribersTakeThePublishersTopicNamesUnlessAFilterIsGiven() {
        assertThat(plan("fanout --publishers 2 --topic t/{connection}").filters())
                .containsExactly("t/0", "t/1");
        assertThat(plan("fanout --publishers 2 --filter t/+").filters()).containsExactly("t/+");
    }

    @Test
    void severalServerProcessesAreSeparatedByCommas() {
        assertThat(plan("ingest --server-pid 12,34").serverPids()).containsExactly(12L, 34L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "egress",
                "ingest --host 192.0.2.1",
                "ingest --qos 3",
                "ingest --seconds 100000",
                "ingest --payload 23",
                "ingest --payload many",
                "ingest --version 4",
                "ingest --subscribers 3",
                "ingest --qos",
                "ingest --qos 1 --qos 1"
            })
    void whatIsWrongIsRefused(String commandLine) {
        assertThatThrownBy(() -> plan(commandLine))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("(expected: ");
    }

    private static LoadPlan plan(String commandLine) {
        return LoadPlan.parse(commandLine.split(" ", -1));
    }
}
