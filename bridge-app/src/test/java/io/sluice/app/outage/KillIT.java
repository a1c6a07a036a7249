package io.sluice.app.outage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import io.sluice.app.it.ChildSluice;
import io.sluice.app.it.KafkaRecords;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The whole process, its embedded Kafka included, is killed with SIGKILL in mid-load and started again. */
@Timeout(120)
@Tag("alone")
final class KillIT {

    private static final Logger LOG = LoggerFactory.getLogger(KillIT.class);

    private static final int PUBLISHERS = 10;
    private static final int MESSAGES_BEFORE = 3_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** On a machine with time for it; on one so busy that a first start takes half as long, twice the first start. */
    private static final Duration READY_WITHIN = Duration.ofSeconds(15);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void whatWasAcknowledgedIsThereAfterKillMinusNine() throws Exception {
        try (ChildSluice sluice = new ChildSluice(folder, null).withJavaOptions()) {
            Duration firstReady = sluice.start();
            List<LoadPublisher> publishers = new ArrayList<>();
            for (int i = 0; i < PUBLISHERS; i++) {
                publishers.add(LoadPublisher.mqtt3("killed-" + i, sluice.port(), MqttQos.AT_LEAST_ONCE));
            }
            publishers.forEach(LoadPublisher::start);
            await().atMost(PATIENCE)
                    .until(() -> publishers.stream()
                                    .mapToInt(publisher -> publisher.acknowledged.size())
                                    .sum()
                            >= MESSAGES_BEFORE);

            assertThat(sluice.isRunning()).isTrue();
            sluice.stop(ChildSluice.Stop.KILL);

            await().atMost(PATIENCE).until(() -> publishers.stream().allMatch(LoadPublisher::isSettled));
            assertThat(publishers).as("killed in mid-load").allSatisfy(publisher -> assertThat(publisher.failures.get())
                    .isPositive());
            Map<String, Set<Integer>> acknowledged = new HashMap<>();
            publishers.forEach(publisher -> acknowledged.put(publisher.name, Set.copyOf(publisher.acknowledged)));
            Duration readyAgain = sluice.start();
            List<String> records =
                    KafkaRecords.all(sluice.bootstrapServers(), LoadPublisher.KAFKA_TOPIC, KafkaRecords::firstWord);
            Set<String> found = new HashSet<>(records);

            Duration twice = firstReady.multipliedBy(2);
            assertThat(readyAgain).isLessThan(twice.compareTo(READY_WITHIN) > 0 ? twice : READY_WITHIN);
            acknowledged.forEach((name, numbers) -> assertThat(
                            numbers.stream().filter(number -> !found.contains(name + ":" + number)))
                    .as("acknowledged messages of " + name + " that are not in Kafka")
                    .isEmpty());
            LOG.atInfo()
                    .addKeyValue(
                            "acknowledged",
                            acknowledged.values().stream().mapToInt(Set::size).sum())
                    .addKeyValue("records", records.size())
                    .addKeyValue("firstReadyAfter", firstReady)
                    .addKeyValue("readyAgainAfter", readyAgain)
                    .log("Nothing is lost");
        }
    }
}
