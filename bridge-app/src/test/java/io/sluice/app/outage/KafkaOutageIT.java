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
import io.sluice.app.it.ChildSluice;
import io.sluice.app.it.KafkaRecords;
import io.sluice.app.runtime.Sluice;
import java.io.IOException;
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
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka is away under load for several keep-alives, and comes back: nothing that was acknowledged is lost or doubled, no
 * client is dropped, those that are read are answered, memory stays flat, and everybody goes on.
 */
@Timeout(300)
@Tag("alone")
final class KafkaOutageIT {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaOutageIT.class);

    private static final int PUBLISHERS_OF_EACH_KIND = 5;
    private static final int MESSAGES_BEFORE = 2_000;
    private static final int MESSAGES_AFTER = 2_000;
    /**
     * How long Kafka is away, and what presses meanwhile.
     *
     * @param settling until the queues are full, and Kafka's own threads have ended
     * @param floods clients that send as fast as their sockets take it
     */
    private record Load(Duration away, Duration settling, int floods, int floodPayloadBytes, int gateBytes) {}

    private static final Load SHORT = new Load(Duration.ofSeconds(14), Duration.ofSeconds(3), 1, 1_000, 1 << 20);
    private static final Load LONG = new Load(Duration.ofSeconds(60), Duration.ofSeconds(10), 3, 20_000, 64 << 20);

    /** An event loop that is busy with one thing for longer makes its other clients wait. */
    private static final Duration STALL_MAX = Duration.ofMillis(100);

    private static final Duration PATIENCE = Duration.ofSeconds(45);
    private static final Duration PROGRESS_WITHIN = Duration.ofSeconds(10);
    private static final Duration PING_WITHIN = Duration.ofSeconds(2);
    private static final long HEAP_GROWTH_MAX = 20L << 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final List<AutoCloseable> resources = new ArrayList<>();
    private final SoftAssertions failures = new SoftAssertions();

    @AfterEach
    void closeAll() {
        for (int i = resources.size() - 1; i >= 0; i--) {
            AutoCloseable resource = resources.get(i);
            failures.check(resource::close);
        }
        failures.assertAll();
    }

    /** How a test takes Kafka away. */
    private interface Outage {
        void begin() throws IOException;

        void end() throws IOException;
    }

    @Test
    void kafkaIsStoppedAndStarted() throws Exception {
        runStopped(SHORT);
    }

    /** Requests time out while Kafka says nothing, are sent again, and come late when they were given up. */
    @Test
    void kafkaHangs() throws Exception {
        runHanging(SHORT);
    }

    @Test
    @Tag("long")
    void kafkaIsStoppedForAMinuteUnderFullLoad() throws Exception {
        runStopped(LONG);
    }

    @Test
    @Tag("long")
    void kafkaHangsForAMinuteUnderFullLoad() throws Exception {
        runHanging(LONG);
    }

    private void runStopped(Load load) throws Exception {
        EmbeddedKafka kafka =
                kept(new EmbeddedKafka(new EmbeddedKafkaSettings(folder.resolve("kafka"), ChildSluice.freePort())));
        kafka.start();
        Outage outage = new Outage() {
            @Override
            public void begin() {
                kafka.close();
            }

            @Override
            public void end() throws IOException {
                kafka.start();
            }
        };

        new Scenario(kafka.bootstrapServers(), "", load).run(outage);
    }

    private void runHanging(Load load) throws Exception {
        int kafkaPort = ChildSluice.freePort();
        HangingProxy proxy = kept(new HangingProxy(kafkaPort));
        EmbeddedKafka kafka = kept(new EmbeddedKafka(new EmbeddedKafkaSettings(
                folder.resolve("kafka"),
                kafkaPort,
                Map.of("advertised.listeners", "PLAINTEXT://127.0.0.1:" + proxy.port()))));
        kafka.start();
        Outage outage = new Outage() {
            @Override
            public void begin() {
                proxy.hang(true);
            }

            @Override
            public void end() {
                proxy.hang(false);
            }
        };

        new Scenario("127.0.0.1:" + proxy.port(), "properties: {request.timeout.ms: \"5000\"}", load).run(outage);
    }

    private <T extends AutoCloseable> T kept(T resource) {
        resources.add(resource);
        return resource;
    }

    /** The load, and what must hold before, during and after the outage. */
    private final class Scenario {

        private final String bootstrapServers;
        private final Load load;
        private final Sluice sluice;
        private final LoopProbe probe;
        private final Queue<String> atLeastOnce = new ConcurrentLinkedQueue<>();
        private final Queue<String> exactlyOnce = new ConcurrentLinkedQueue<>();
        private final List<LoadPublisher> publishers = new ArrayList<>();
        private final List<PingingClient> pinging = new ArrayList<>();
        private final List<FloodPublisher> floods = new ArrayList<>();

        Scenario(String bootstrapServers, String kafkaKeys, Load load) throws IOException {
            this.bootstrapServers = bootstrapServers;
            this.load = load;
            sluice = kept(Sluice.start(config(bootstrapServers, kafkaKeys, load.gateBytes())));
            probe = kept(new LoopProbe(sluice.loops()));
            int port = sluice.port("mqtt");
            subscribe("subscriber-1", MqttQos.AT_LEAST_ONCE, atLeastOnce);
            subscribe("subscriber-2", MqttQos.EXACTLY_ONCE, exactlyOnce);
            for (int i = 0; i < PUBLISHERS_OF_EACH_KIND; i++) {
                publishers.add(LoadPublisher.mqtt3("three-one-" + i, port, MqttQos.AT_LEAST_ONCE));
                publishers.add(LoadPublisher.mqtt3("three-two-" + i, port, MqttQos.EXACTLY_ONCE));
                publishers.add(LoadPublisher.mqtt5("five-one-" + i, port, MqttQos.AT_LEAST_ONCE));
                publishers.add(LoadPublisher.mqtt5("five-two-" + i, port, MqttQos.EXACTLY_ONCE));
            }
            for (int i = 0; i < load.floods(); i++) {
                floods.add(kept(new FloodPublisher((char) ('a' + i), port, load.floodPayloadBytes())));
            }
        }

        void run(Outage outage) throws IOException {
            publishers.forEach(LoadPublisher::start);
            await().atMost(PATIENCE).until(() -> acknowledged() >= MESSAGES_BEFORE && flooded() > 0);

            probe.reset();
            outage.begin();
            assertHeldWhileAway();
            outage.end();

            assertProgress();
            assertNoLoopWaited();
            stopLoad();
            assertNobodyWasDropped();
            assertNothingLost();
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(sum("sluice.ingress.inflight.bytes"))
                    .as("bytes in flight")
                    .isZero());
            assertThat(sum("sluice.connections.paused")).as("sockets held").isZero();
            publishers.forEach(LoadPublisher::disconnect);
        }

        private void assertHeldWhileAway() throws IOException {
            // Who comes while Kafka is away is let in, too.
            pinging.add(kept(PingingClient.mqtt3("pinging-three", sluice.port("mqtt"))));
            pinging.add(kept(PingingClient.mqtt5("pinging-five", sluice.port("mqtt"))));
            for (int i = 0; i < 5; i++) {
                for (PingingClient client : pinging) {
                    client.publish();
                }
            }
            pingFor(load.settling());
            long heapEarly = usedHeap();
            int acknowledgedEarly = acknowledged();
            long floodEarly = written();
            pingFor(load.away().minus(load.settling()));
            long heapLate = usedHeap();

            assertThat(acknowledged()).as("acknowledged while Kafka was away").isEqualTo(acknowledgedEarly);
            assertThat(written()).as("taken from the flooding clients").isEqualTo(floodEarly);
            assertThat(sum("sluice.connections.paused")).as("sockets held").isPositive();
            assertThat(sum("sluice.ingress.inflight.bytes"))
                    .as("bytes in flight")
                    .isBetween(1.0, (double) load.gateBytes());
            assertThat(heapLate - heapEarly)
                    .as("heap growth while Kafka was away, bytes")
                    .isLessThan(HEAP_GROWTH_MAX);
            assertThat(pinging).allSatisfy(client -> {
                assertThat(client.unacknowledged()).isEqualTo(5);
                assertThat(client.slowestPing()).isLessThan(PING_WITHIN.plus(probe.latestThread()));
            });
            LOG.atInfo()
                    .addKeyValue("seconds", load.away().toSeconds())
                    .addKeyValue("heapEarlyKiB", heapEarly >> 10)
                    .addKeyValue("heapLateKiB", heapLate >> 10)
                    .addKeyValue("inflightBytes", sum("sluice.ingress.inflight.bytes"))
                    .addKeyValue("socketsHeld", sum("sluice.connections.paused"))
                    .addKeyValue("lookAheadBytes", sum("sluice.ingress.look.ahead.bytes"))
                    .addKeyValue("slowestPing3", pinging.get(0).slowestPing())
                    .addKeyValue("slowestPing5", pinging.get(1).slowestPing())
                    .log("While Kafka was away");
        }

        /** Lets the time pass, with a ping of each client every half a second. */
        private void pingFor(Duration time) throws IOException {
            long until = System.nanoTime() + time.toNanos();
            while (System.nanoTime() - until < 0) {
                ping();
                LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
            }
        }

        private boolean ping() throws IOException {
            for (PingingClient client : pinging) {
                client.ping();
            }
            return true;
        }

        private void awaitPinging(Duration within, BooleanSupplier condition) {
            await().pollInSameThread().atMost(within).until(() -> ping() && condition.getAsBoolean());
        }

        private void assertProgress() {
            long back = System.nanoTime();
            Map<LoadPublisher, Integer> before = new HashMap<>();
            publishers.forEach(publisher -> before.put(publisher, publisher.acknowledged.size()));
            int allBefore = acknowledged();
            awaitPinging(PROGRESS_WITHIN, () -> before.entrySet().stream()
                    .allMatch(entry -> entry.getKey().acknowledged.size() > entry.getValue()));
            Duration resumed = Duration.ofNanos(System.nanoTime() - back);
            awaitPinging(PATIENCE, () -> acknowledged() >= allBefore + MESSAGES_AFTER);
            LOG.atInfo().addKeyValue("after", resumed).log("All publishers go on");
        }

        private void assertNoLoopWaited() {
            LOG.atInfo()
                    .addKeyValue("busiestLoop", probe.busiestLoop())
                    .addKeyValue("latestLoop", probe.latestLoop())
                    .addKeyValue("latestIdleThread", probe.latestThread())
                    .log("From the outage's begin until all went on");
            assertThat(probe.busiestLoop())
                    .as("the longest time that an event loop was busy and made others wait")
                    .isLessThan(STALL_MAX);
        }

        private void stopLoad() {
            floods.forEach(FloodPublisher::stopWriting);
            publishers.forEach(LoadPublisher::stop);
            awaitPinging(PATIENCE, () -> publishers.stream().allMatch(LoadPublisher::isSettled));
            awaitPinging(PATIENCE, () -> floods.stream().allMatch(flood -> flood.acknowledged() == flood.written()));
            awaitPinging(PATIENCE, () -> pinging.stream().allMatch(client -> client.unacknowledged() == 0));
        }

        private void assertNobodyWasDropped() throws IOException {
            assertThat(floods)
                    .allSatisfy(
                            flood -> assertThat(flood.failed).as(flood.name()).isFalse());
            assertThat(publishers).allSatisfy(publisher -> {
                assertThat(publisher.disconnects).as(publisher.name).hasValue(0);
                assertThat(publisher.failures).as(publisher.name).hasValue(0);
            });
            assertThat(sum("sluice.connections.closed"))
                    .as("connections closed, by keep-alive or for whatever reason")
                    .isZero();
            for (PingingClient client : pinging) {
                client.close();
            }
        }

        private void assertNothingLost() {
            List<String> records =
                    KafkaRecords.all(bootstrapServers, LoadPublisher.KAFKA_TOPIC, KafkaRecords::firstWord);
            assertComplete("in Kafka", records);
            assertThat(numbered(records)).as("in Kafka").doesNotHaveDuplicates();
            assertFloodComplete();
            assertDelivered("QoS 1", atLeastOnce);
            assertDelivered("QoS 2", exactlyOnce);
            assertThat(numbered(exactlyOnce)).as("QoS 2 deliveries").doesNotHaveDuplicates();
            LOG.atInfo()
                    .addKeyValue("acknowledged", acknowledged())
                    .addKeyValue("flooded", written())
                    .addKeyValue("records", numbered(records).size())
                    .addKeyValue("deliveredQos1", numbered(atLeastOnce).size())
                    .addKeyValue("deliveredQos2", numbered(exactlyOnce).size())
                    .log("Nothing is lost");
        }

        /** Each message of the flooding clients is there once, and in its order. */
        private void assertFloodComplete() {
            List<String> words =
                    KafkaRecords.all(bootstrapServers, FloodPublisher.KAFKA_TOPIC, KafkaRecords::firstWord);
            assertThat((long) words.size())
                    .as("records of the flooding clients")
                    .isEqualTo(written());
            Map<String, Integer> last = new HashMap<>();
            for (String word : words) {
                int colon = word.indexOf(':');
                int number = Integer.parseInt(word.substring(colon + 1));
                Integer before = last.put(word.substring(0, colon), number);
                assertThat(number).as("next of flooding client " + word).isEqualTo(before == null ? 1 : before + 1);
            }
        }

        /** What the sockets of the flooding clients took. */
        private long written() {
            return floods.stream().mapToLong(FloodPublisher::written).sum();
        }

        /** What they have been told is in Kafka. */
        private long flooded() {
            return floods.stream().mapToLong(FloodPublisher::acknowledged).sum();
        }

        private void assertDelivered(String what, Queue<String> received) {
            int owed = acknowledged();
            await().atMost(PATIENCE).until(() -> new LinkedHashSet<>(numbered(received)).size() >= owed);
            assertComplete(what, received);
        }

        /** Everything acknowledged is there, and each publisher's first copies are in its order. */
        private void assertComplete(String what, Iterable<String> payloads) {
            Map<String, List<Integer>> numbers = new HashMap<>();
            for (String payload : new LinkedHashSet<>(numbered(payloads))) {
                int colon = payload.indexOf(':');
                numbers.computeIfAbsent(payload.substring(0, colon), name -> new ArrayList<>())
                        .add(Integer.valueOf(payload.substring(colon + 1)));
            }
            for (LoadPublisher publisher : publishers) {
                List<Integer> found = numbers.getOrDefault(publisher.name, List.of());
                assertThat(publisher.acknowledged).as(publisher.name).isNotEmpty();
                assertThat(new LinkedHashSet<>(found))
                        .as(what + ": " + publisher.name)
                        .containsAll(publisher.acknowledged);
                assertThat(found).as(what + ": order of " + publisher.name).isSorted();
            }
        }

        private int acknowledged() {
            return publishers.stream()
                    .mapToInt(publisher -> publisher.acknowledged.size())
                    .sum();
        }

        private void subscribe(String name, MqttQos qos, Queue<String> received) {
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
                    .callback(publish -> received.add(new String(publish.getPayloadAsBytes(), UTF_8)))
                    .send()
                    .join();
            resources.add(() -> client.disconnect().join());
        }

        /** The value of a metric, over all of its series. */
        private double sum(String metric) {
            return sluice.registry().get(metric).meters().stream()
                    .mapToDouble(meter -> meter.measure().iterator().next().getValue())
                    .sum();
        }
    }

    /** The payloads of the publishers that number their messages. */
    private static List<String> numbered(Iterable<String> payloads) {
        List<String> numbered = new ArrayList<>();
        for (String payload : payloads) {
            if (payload.indexOf(':') > 0) {
                numbered.add(payload);
            }
        }
        return numbered;
    }

    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private SluiceConfig config(String bootstrapServers, String kafkaKeys, int gateBytes) throws IOException {
        Path file = folder.resolve("sluice.yaml");
        Files.writeString(file, """
                listeners:
                  mqtt: {type: tcp, bind: "127.0.0.1:0"}
                management: {bind: "127.0.0.1:0"}
                kafka:
                  bootstrap-servers: "%s"
                  %s
                limits: {inflight-bytes: %dB, look-ahead: 16KiB}
                drain: {delay: 0s}
                """.formatted(bootstrapServers, kafkaKeys, gateBytes));
        ConfigSources sources = new ConfigSources(
                List.of(file.toString()),
                Map.of(),
                Map.of(),
                true,
                Runtime.getRuntime().maxMemory());
        return ConfigLoader.load(sources).usable();
    }
}
