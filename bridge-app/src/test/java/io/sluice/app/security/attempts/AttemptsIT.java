package io.sluice.app.security.attempts;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.app.it.Protocol;
import io.sluice.app.it.RawClient;
import io.sluice.app.it.Wire;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each attempt of the table is answered as the table says, and leaves nothing: no message, no record, no connection, no
 * secret in what is logged or measured; and who may is served all the while.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AttemptsIT {

    /** Kafka's clients come and go with their connections. */
    private static final int DESCRIPTORS_MORE_AT_MOST = 40;

    private static final String MARKER = "honest/marker";

    private AttackedSluice sluice;
    private LogWatch log;
    private RawClient watcher;
    private RawClient honest;
    private double connections;
    private long descriptors;
    private int markers;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        sluice = new AttackedSluice(folder);
        log = new LogWatch(sluice::secrets);
        watcher = sluice.stay("watcher");
        for (String filter : List.of("#", "$SYS/#")) {
            assertThat(watcher.subscribe(filter, 1)).isLessThanOrEqualTo(2);
        }
        honest = sluice.stay("watcher");
        assertNothingHasCome();
        connections = sluice.metric("sluice.connections");
        descriptors = descriptors();
    }

    @AfterAll
    void stop() throws Exception {
        try {
            sluice.hangUp();
            // A will may wait in its session that was allowed when it was left.
            assertThat(sluice.recordsThat(value -> value.contains("never")))
                    .allMatch(found -> found.startsWith("_sluice.sessions"));
            assertThat(descriptors())
                    .as("file descriptors")
                    .isLessThanOrEqualTo(descriptors + DESCRIPTORS_MORE_AT_MOST);
            assertThat(sluice.metric("sluice.bugs")).as("sluice.bugs").isZero();
            assertThat(log.events())
                    .as("events of the log")
                    .isGreaterThan(Attempts.all().size());
        } finally {
            watcher.close();
            honest.close();
            log.close();
            sluice.close();
        }
    }

    private static long descriptors() throws Exception {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    static Stream<Attempt> attempts() {
        return Attempts.all().stream();
    }

    @ParameterizedTest
    @MethodSource("attempts")
    void isDeniedAndLeavesNothing(Attempt attempt) throws Exception {
        if (attempt.answer3() != null && !attempt.isOnce()) {
            assertThat(tried(attempt, Protocol.MQTT_3_1_1)).as("MQTT 3.1.1").isEqualTo(attempt.answer3());
        }
        if (attempt.answer5() != null) {
            assertThat(tried(attempt, Protocol.MQTT_5)).as("MQTT 5").isEqualTo(attempt.answer5());
        }
    }

    private String tried(Attempt attempt, Protocol protocol) throws Exception {
        sluice.begin();
        try {
            return attempt.trial().by(sluice, protocol);
        } finally {
            sluice.hangUp();
            assertNothingHasCome();
            assertNobodyIsLeft();
            assertThat(log.findings())
                    .as("lines with a secret, or more than a line")
                    .isEmpty();
            String metrics = sluice.scrape();
            assertThat(sluice.secrets()).as("secrets in metrics").noneMatch(metrics::contains);
            String threads = Thread.getAllStackTraces().keySet().toString();
            assertThat(sluice.secrets()).as("secrets in names of threads").noneMatch(threads::contains);
        }
    }

    /** Who comes newly is served, and the watcher, who may read everything, has got nothing of the attempt. */
    private void assertNothingHasCome() throws Exception {
        markers++;
        String marker = "marker " + markers;
        try (RawClient fresh = sluice.stay("watcher")) {
            fresh.publish(MARKER, marker);
        }
        assertThat(watcher.payloadsUntil(marker)).as("messages").noneMatch(payload -> payload.contains("never"));
        honest.send(Wire.pingReq());
        honest.next(Wire.PINGRESP);
    }

    private void assertNobodyIsLeft() {
        if (connections > 0) {
            Awaitility.await().pollInterval(Duration.ofMillis(5)).untilAsserted(() -> assertThat(
                            sluice.metric("sluice.connections"))
                    .as("connections")
                    .isLessThanOrEqualTo(connections));
        }
    }
}
