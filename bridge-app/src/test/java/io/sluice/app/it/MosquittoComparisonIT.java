package io.sluice.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same scripts on mosquitto and on Sluice show the same to their clients; where they may differ, and why, is in
 * {@code docs/reference/mosquitto-differences.md}. {@code -Dseed=...} runs one script again, {@code -Dscripts=...} so many.
 */
@ExtendWith(SluiceExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MosquittoComparisonIT {

    private static final int SCRIPTS = Integer.getInteger("scripts", 10);

    private @Nullable MosquittoServer mosquitto;

    static List<Long> seeds() {
        Long one = Long.getLong("seed");
        return one != null ? List.of(one) : LongStream.range(0, SCRIPTS).boxed().toList();
    }

    @BeforeAll
    void start() throws IOException {
        Assumptions.assumeTrue(MosquittoServer.isInstalled(), "mosquitto is not installed: Debian's package mosquitto");
        mosquitto = MosquittoServer.start();
    }

    @AfterAll
    void stop() throws IOException {
        if (mosquitto != null) {
            mosquitto.close();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aScriptShowsTheSameOnBoth(long seed, RunningSluice sluice) throws IOException {
        if (mosquitto == null) {
            throw new IllegalStateException("mosquitto is not started");
        }
        ComparedScript script = new ComparedScript(seed);
        // One device's topics are in one partition, so that marks come behind what was published before them.
        String root = "telemetry/compared/" + sluice.unique("d");
        List<String> theirs = run(script, mosquitto.port(), root);

        List<String> ours = run(script, sluice.tcpPort(), root);

        assertThat(String.join("\n", ours))
                .as("seed %s, ours against mosquitto's", seed)
                .isEqualTo(String.join("\n", theirs));
    }

    private static List<String> run(ComparedScript script, int port, String root) throws IOException {
        try (ComparedRun run = new ComparedRun(script, port, root)) {
            return run.run();
        }
    }
}
