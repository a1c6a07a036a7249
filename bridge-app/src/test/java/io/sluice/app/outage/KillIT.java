package io.sluice.app.outage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The whole process, its embedded Kafka included, is killed with SIGKILL in mid-load and started again. */
@Timeout(120)
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

    private final List<Process> processes = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void endProcesses() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void whatWasAcknowledgedIsThereAfterKillMinusNine() throws Exception {
        int mqttPort = KafkaRecords.freePort();
        int managementPort = KafkaRecords.freePort();
        int kafkaPort = KafkaRecords.freePort();
        Path config = config(mqttPort, managementPort, kafkaPort);
        Process first = start(config);
        Duration firstReady = awaitReady(managementPort, PATIENCE);
        List<LoadPublisher> publishers = new ArrayList<>();
        for (int i = 0; i < PUBLISHERS; i++) {
            publishers.add(LoadPublisher.mqtt3("killed-" + i, mqttPort, MqttQos.AT_LEAST_ONCE));
        }
        publishers.forEach(LoadPublisher::start);
        await().atMost(PATIENCE)
                .until(() -> publishers.stream()
                                .mapToInt(publisher -> publisher.acknowledged.size())
                                .sum()
                        >= MESSAGES_BEFORE);

        assertThat(first.isAlive()).isTrue();
        // SIGKILL: nothing of the process runs after it.
        first.destroyForcibly().waitFor();

        await().atMost(PATIENCE).until(() -> publishers.stream().allMatch(LoadPublisher::isSettled));
        assertThat(publishers).as("killed in mid-load").allSatisfy(publisher -> assertThat(publisher.failures.get())
                .isPositive());
        Map<String, Set<Integer>> acknowledged = new HashMap<>();
        publishers.forEach(publisher -> acknowledged.put(publisher.name, Set.copyOf(publisher.acknowledged)));
        start(config);
        Duration twice = firstReady.multipliedBy(2);
        Duration readyAgain = awaitReady(managementPort, twice.compareTo(READY_WITHIN) > 0 ? twice : READY_WITHIN);
        List<String> records = KafkaRecords.in("127.0.0.1:" + kafkaPort);
        Set<String> found = new HashSet<>(records);

        acknowledged.forEach(
                (name, numbers) -> assertThat(numbers.stream().filter(number -> !found.contains(name + ":" + number)))
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

    private Process start(Path config) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.sluice.app.Main",
                        "run",
                        "-c",
                        config.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(new File(folder.toFile(), "child.log")))
                .start();
        processes.add(process);
        return process;
    }

    /** How long it took. */
    private Duration awaitReady(int managementPort, Duration within) {
        long start = System.nanoTime();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + "/ready"))
                .timeout(Duration.ofSeconds(2))
                .build();
        await().atMost(within)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> http.send(request, BodyHandlers.discarding()).statusCode() == 200);
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private Path config(int mqttPort, int managementPort, int kafkaPort) throws IOException {
        Path file = folder.resolve("sluice.yaml");
        Files.writeString(file, """
                listeners:
                  mqtt: {type: tcp, bind: "127.0.0.1:%d"}
                management: {bind: "127.0.0.1:%d"}
                kafka:
                  embedded: {data-dir: "%s", port: %d}
                """.formatted(mqttPort, managementPort, folder.resolve("kafka"), kafkaPort));
        return file;
    }
}
