package io.sluice.app.outage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole process, its embedded Kafka included, is killed with SIGKILL in mid-load and started again. */
@Timeout(120)
class KillIT {

    private static final int PUBLISHERS = 10;
    private static final Duration READY = Duration.ofSeconds(30);

    @Test
    void whatWasAcknowledgedIsThereAfterKillMinusNine(@TempDir Path folder) throws IOException, InterruptedException {
        int mqttPort = KafkaRecords.freePort();
        int kafkaPort = KafkaRecords.freePort();
        Path config = config(folder, mqttPort, kafkaPort);
        Process first = start(folder, config);
        List<LoadPublisher> publishers = new ArrayList<>();
        Map<String, Set<Integer>> acknowledged = new HashMap<>();
        try {
            awaitListening(mqttPort);
            for (int i = 0; i < PUBLISHERS; i++) {
                publishers.add(LoadPublisher.mqtt3("killed-" + i, mqttPort));
            }
            publishers.forEach(LoadPublisher::start);
            await().atMost(READY)
                    .until(() -> publishers.stream()
                                    .mapToInt(publisher -> publisher.acknowledged.size())
                                    .sum()
                            >= 3_000);
        } finally {
            first.destroyForcibly().waitFor();
        }
        publishers.forEach(LoadPublisher::stop);
        publishers.forEach(publisher -> acknowledged.put(publisher.name, Set.copyOf(publisher.acknowledged)));

        Process second = start(folder, config);
        try {
            awaitListening(mqttPort);
            List<String> records = KafkaRecords.in("127.0.0.1:" + kafkaPort);

            acknowledged.forEach((name, numbers) -> assertThat(records)
                    .as("records of " + name)
                    .containsAll(
                            numbers.stream().map(number -> name + ":" + number).toList()));
        } finally {
            second.destroyForcibly().waitFor();
        }
    }

    private static Process start(Path folder, Path config) throws IOException {
        return new ProcessBuilder(
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
    }

    private static void awaitListening(int port) {
        await().atMost(READY).ignoreExceptions().until(() -> {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            }
        });
    }

    private static Path config(Path folder, int mqttPort, int kafkaPort) throws IOException {
        Path file = folder.resolve("sluice.yaml");
        Files.writeString(file, """
                listeners:
                  mqtt: {type: tcp, bind: "127.0.0.1:%d"}
                management: {bind: "127.0.0.1:0"}
                kafka:
                  embedded: {data-dir: "%s", port: %d}
                """.formatted(mqttPort, folder.resolve("kafka"), kafkaPort));
        return file;
    }
}
