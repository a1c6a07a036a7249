package io.sluice.app.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.app.embedded.EmbeddedKafka;
import io.sluice.app.embedded.EmbeddedKafkaSettings;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the process ends with: who looks at exit codes is not told of a failure where there was none, nor of none. */
final class ExitCodeIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int SIGTERM = 143;

    @TempDir
    private Path folder;

    @Test
    void aDrainBySigtermEndsWithZeroHoweverOftenItIsAskedFor() throws Exception {
        try (EmbeddedKafka kafka = new EmbeddedKafka(new EmbeddedKafkaSettings(folder.resolve("kafka"), 0))) {
            kafka.start();
            try (ChildSluice sluice =
                    new ChildSluice(folder.resolve("sluice"), kafka.bootstrapServers(), "", "drain: {delay: 3s}")) {
                sluice.start();

                sluice.signal("TERM");
                await().atMost(PATIENCE).until(() -> sluice.metric("sluice_draining") == 1);
                sluice.signal("TERM");

                assertThat(sluice.awaitExit()).isZero();
                assertThat(sluice.log()).contains("Clients are sent away");
            }
        }
    }

    @Test
    void aStartThatFailsEndsWithOne() throws Exception {
        try (ChildSluice sluice = new ChildSluice(folder, null);
                ServerSocket taken = new ServerSocket(sluice.port(), 1, InetAddress.getLoopbackAddress())) {
            sluice.launch();

            assertThat(sluice.awaitExit()).isEqualTo(1);
            assertThat(sluice.log()).contains("Nothing was started.").contains(":" + taken.getLocalPort());
        }
    }

    @Test
    void whoIsStoppedBeforeItRunsHasNotDrained() throws Exception {
        try (ChildSluice sluice = new ChildSluice(folder, "127.0.0.1:" + ChildSluice.freePort())) {
            sluice.launch();
            await().atMost(PATIENCE).until(() -> sluice.log().contains("Waiting for Kafka"));

            sluice.signal("TERM");

            assertThat(sluice.awaitExit()).isEqualTo(SIGTERM);
        }
    }
}
