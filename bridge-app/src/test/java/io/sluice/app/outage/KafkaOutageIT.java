package io.sluice.app.outage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import io.sluice.app.config.ConfigLoader;
import io.sluice.app.config.ConfigSources;
import io.sluice.app.config.SluiceConfig;
import io.sluice.app.embedded.EmbeddedKafka;
import io.sluice.app.embedded.EmbeddedKafkaSettings;
import io.sluice.app.runtime.Sluice;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kafka stops under load for several keep-alives, and comes back: nothing that was acknowledged is lost, no client is
 * dropped, memory stays flat, and everybody goes on.
 */
@Timeout(150)
class KafkaOutageIT {

    private static final int PUBLISHERS = 10;
    private static final Duration OUTAGE = Duration.ofSeconds(15);
    private static final Duration PATIENCE = Duration.ofSeconds(45);
    private static final long HEAP_GROWTH_MAX = 24L << 20;
    private static final byte[] PING = {(byte) 0xC0, 0};

    @Test
    void nothingAcknowledgedIsLostAndNobodyIsDropped(@TempDir Path folder) throws IOException {
        int kafkaPort = KafkaRecords.freePort();
        EmbeddedKafka kafka = startKafka(folder, kafkaPort);
        try (Sluice sluice = Sluice.start(config(folder, kafkaPort))) {
            Queue<String> atLeastOnce = new ConcurrentLinkedQueue<>();
            Queue<String> exactlyOnce = new ConcurrentLinkedQueue<>();
            Mqtt5AsyncClient first = subscribe(sluice, "subscriber-1", MqttQos.AT_LEAST_ONCE, atLeastOnce);
            Mqtt5AsyncClient second = subscribe(sluice, "subscriber-2", MqttQos.EXACTLY_ONCE, exactlyOnce);
            List<LoadPublisher> publishers = publishers(sluice);
            try (FloodPublisher flood = new FloodPublisher(sluice.port("mqtt"));
                    Socket pinging = connected(sluice)) {
                awaitProgress(publishers, 2_000);

                kafka.close();
                long heapEarly = heapAfter(Duration.ofSeconds(4));
                assertPingAnswered(pinging);
                long heapLate = heapAfter(OUTAGE);
                assertPingAnswered(pinging);
                int before = acknowledged(publishers);
                kafka = startKafka(folder, kafkaPort);
                awaitProgress(publishers, before + 2_000);
                publishers.forEach(LoadPublisher::stop);
                await().atMost(PATIENCE).until(() -> publishers.stream().allMatch(LoadPublisher::isSettled));

                assertThat(heapLate - heapEarly)
                        .as("heap growth while Kafka was away, bytes")
                        .isLessThan(HEAP_GROWTH_MAX);
                assertThat(flood.failed).as("the flooding client was dropped").isFalse();
                assertThat(publishers).allSatisfy(publisher -> {
                    assertThat(publisher.disconnects).as(publisher.name).hasValue(0);
                    assertThat(publisher.failures).as(publisher.name).hasValue(0);
                });
                assertNobodyWasDropped(sluice);
            }
            assertComplete("in Kafka", publishers, KafkaRecords.in(kafka.bootstrapServers()));
            assertDelivered("QoS 1", publishers, atLeastOnce);
            assertDelivered("QoS 2", publishers, exactlyOnce);
            assertThat(List.copyOf(exactlyOnce)).as("QoS 2 deliveries").doesNotHaveDuplicates();
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(gauge(sluice, "sluice.ingress.inflight.bytes"))
                    .isZero());
            publishers.forEach(LoadPublisher::disconnect);
            first.disconnect().join();
            second.disconnect().join();
        } finally {
            kafka.close();
        }
    }

    private static List<LoadPublisher> publishers(Sluice sluice) {
        List<LoadPublisher> publishers = new ArrayList<>();
        for (int i = 0; i < PUBLISHERS; i++) {
            publishers.add(LoadPublisher.mqtt3("three-" + i, sluice.port("mqtt")));
            publishers.add(LoadPublisher.mqtt5("five-" + i, sluice.port("mqtt")));
        }
        publishers.forEach(LoadPublisher::start);
        return publishers;
    }

    private static int acknowledged(List<LoadPublisher> publishers) {
        return publishers.stream()
                .mapToInt(publisher -> publisher.acknowledged.size())
                .sum();
    }

    private static void awaitProgress(List<LoadPublisher> publishers, int count) {
        await().atMost(PATIENCE).until(() -> acknowledged(publishers) >= count);
    }

    private static Mqtt5AsyncClient subscribe(Sluice sluice, String name, MqttQos qos, Queue<String> received) {
        Mqtt5AsyncClient client = MqttClient.builder()
                .useMqttVersion5()
                .identifier(name)
                .serverHost("127.0.0.1")
                .serverPort(sluice.port("mqtt"))
                .buildAsync();
        client.connectWith().keepAlive(4).send().join();
        client.subscribeWith()
                .topicFilter("outage/+")
                .qos(qos)
                .callback(publish -> {
                    String payload = new String(publish.getPayloadAsBytes(), UTF_8);
                    if (!payload.startsWith("x")) {
                        received.add(payload);
                    }
                })
                .send()
                .join();
        return client;
    }

    /** A client that only pings, so that its answer shows whether it is heard. */
    private static Socket connected(Sluice sluice) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), sluice.port("mqtt"));
        socket.setSoTimeout(5_000);
        socket.getOutputStream()
                .write(new byte[] {0x10, 17, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60, 0, 5, 'p', 'i', 'n', 'g', 's'});
        socket.getInputStream().readNBytes(4);
        // An unacknowledged message of its own is on its way when Kafka goes.
        return socket;
    }

    private static void assertPingAnswered(Socket socket) throws IOException {
        byte[] publish = {0x32, 15, 0, 10, 'o', 'u', 't', 'a', 'g', 'e', '/', 'p', 'n', 'g', 0, 1, 'x'};
        socket.getOutputStream().write(publish);
        socket.getOutputStream().write(PING);
        assertThat(socket.getInputStream().readNBytes(2)).as("PINGRESP").containsExactly(0xD0, 0);
    }

    /** Used heap, once this time has passed. */
    private static long heapAfter(Duration wait) {
        await().pollDelay(wait).atMost(wait.plusSeconds(5)).until(() -> true);
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static void assertNobodyWasDropped(Sluice sluice) {
        double dropped = sluice.registry().find("sluice.connections.closed").counters().stream()
                .filter(counter -> !"client".equals(counter.getId().getTag("reason")))
                .mapToDouble(counter -> counter.count())
                .sum();
        assertThat(dropped).as("connections that the server ended or lost").isZero();
    }

    private static double gauge(Sluice sluice, String name) {
        return sluice.registry().get(name).gauge().value();
    }

    private static void assertDelivered(String what, List<LoadPublisher> publishers, Queue<String> received) {
        int owed = acknowledged(publishers);
        await().atMost(PATIENCE).until(() -> new LinkedHashSet<>(received).size() >= owed);
        assertComplete(what, publishers, List.copyOf(received));
    }

    /** Everything acknowledged is there, and each publisher's first copies are in its order. */
    private static void assertComplete(String what, List<LoadPublisher> publishers, List<String> payloads) {
        Map<String, List<Integer>> numbers = new HashMap<>();
        for (String payload : new LinkedHashSet<>(payloads)) {
            int colon = payload.indexOf(':');
            if (colon > 0) {
                numbers.computeIfAbsent(payload.substring(0, colon), name -> new ArrayList<>())
                        .add(Integer.valueOf(payload.substring(colon + 1)));
            }
        }
        for (LoadPublisher publisher : publishers) {
            List<Integer> found = numbers.getOrDefault(publisher.name, List.of());
            assertThat(found).as(what + ": " + publisher.name).containsAll(publisher.acknowledged);
            assertThat(found).as(what + ": order of " + publisher.name).isSorted();
        }
    }

    private static EmbeddedKafka startKafka(Path folder, int port) throws IOException {
        EmbeddedKafka kafka = new EmbeddedKafka(new EmbeddedKafkaSettings(folder.resolve("kafka"), port));
        kafka.start();
        return kafka;
    }

    private static SluiceConfig config(Path folder, int kafkaPort) throws IOException {
        Path file = folder.resolve("sluice.yaml");
        Files.writeString(file, """
                listeners:
                  mqtt: {type: tcp, bind: "127.0.0.1:0"}
                management: {bind: "127.0.0.1:0"}
                kafka: {bootstrap-servers: "127.0.0.1:%d"}
                limits: {inflight-bytes: 1MiB, look-ahead: 16KiB}
                drain: {delay: 0s}
                """.formatted(kafkaPort));
        ConfigSources sources = new ConfigSources(
                List.of(file.toString()),
                Map.of(),
                Map.of(),
                true,
                Runtime.getRuntime().maxMemory());
        return ConfigLoader.load(sources).usable();
    }
}
