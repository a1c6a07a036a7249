package io.sluice.benchmarks.rounds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoundsPlanTest {

    @TempDir
    private Path folder;

    private String jar = "";

    @BeforeEach
    void aJar() throws IOException {
        jar = Files.createFile(folder.resolve("sluice.jar")).toString();
    }

    @Test
    void withoutOptionsEverythingIsMeasuredWithTheSameHeap() {
        RoundsPlan plan = RoundsPlan.parse(new String[] {"--sluice", jar});

        assertThat(plan.workloads()).containsExactly(Workload.values());
        assertThat(plan.java().sluice()).isEqualTo(plan.java().floor()).isNotEmpty();
    }

    @Test
    void workloadsAreChosenByIdAndKeepTheirOrder() {
        RoundsPlan plan = RoundsPlan.parse(new String[] {"--sluice", jar, "--only", "idle,ingest-qos1"});

        assertThat(plan.workloads()).containsExactly(Workload.INGEST_QOS1, Workload.IDLE);
    }

    @Test
    void javaOptionsAreSeparatedByBlanks() {
        RoundsPlan plan = RoundsPlan.parse(new String[] {"--sluice", jar, "--java-options", " -Xmx2g  -XX:+UseZGC "});

        assertThat(plan.java().sluice()).isEqualTo(List.of("-Xmx2g", "-XX:+UseZGC"));
    }

    @Test
    void whatIsWrongIsRefused() {
        assertThatThrownBy(() -> RoundsPlan.parse(new String[] {"--sluice", jar + ".not"}))
                .hasMessageContaining("(expected: ");
        assertThatThrownBy(() -> RoundsPlan.parse(new String[] {"--sluice", jar, "--only", "ingest"}))
                .hasMessageContaining("(expected: ");
        assertThatThrownBy(() -> RoundsPlan.parse(new String[] {"--sluice", jar, "--rounds", "0"}))
                .hasMessageContaining("(expected: ");
        assertThatThrownBy(() -> RoundsPlan.parse(new String[] {"--sluice", jar, "--docs", jar}))
                .hasMessageContaining("(expected: ");
    }

    @Test
    void aWorkloadKnowsTheTopicsOfEachServer() {
        assertThat(Workload.FANOUT_QOS0_50.arguments(Server.SLUICE))
                .containsSubsequence("fanout", "--filter", "rounds-sluice/#", "--qos", "0");
        assertThat(Workload.FANOUT_QOS0_50.arguments(Server.FLOOR)).contains("rounds-floor/#");
        assertThat(Workload.INGEST_QOS1.arguments(Server.SLUICE)).containsExactly("ingest", "--qos", "1");
    }
}
