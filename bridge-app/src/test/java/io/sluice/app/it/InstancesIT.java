package io.sluice.app.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.app.embedded.EmbeddedKafka;
import io.sluice.app.embedded.EmbeddedKafkaSettings;
import io.sluice.app.it.ChildSluice.Stop;
import io.sluice.mqtt.port.Failpoint;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Several instances on one Kafka are one server: whoever dies, is paused, or is raced for. */
@Timeout(300)
@Tag("alone")
final class InstancesIT {

    private static final Logger log = LoggerFactory.getLogger(InstancesIT.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration TAKE_OVER_MAX = Duration.ofSeconds(10);
    /** It has said that it lives at most half a second ago, and may be silent for two. */
    private static final Duration STALL_MIN = Duration.ofSeconds(1);
    /** After the two seconds in which it may be silent; three in all on a machine that does nothing else. */
    private static final Duration STALL_MAX = Duration.ofSeconds(2 + 3);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static EmbeddedKafka kafka;

    private static final List<ChildSluice> instances = new ArrayList<>();
    private static int unique;

    @BeforeAll
    static void start() throws Exception {
        kafka = new EmbeddedKafka(new EmbeddedKafkaSettings(folder.resolve("kafka"), 0));
        kafka.start();
        for (String name : List.of("a", "b", "c")) {
            // Of those who race none waits because there are so many of them.
            String keys = "limits: {claim-rate: 0/s}";
            ChildSluice instance = ChildSluice.instance(folder, kafka.bootstrapServers(), name, keys)
                    .withFailpoints();
            instances.add(instance);
            instance.start();
        }
    }

    @AfterAll
    static void stop() throws Exception {
        instances.forEach(ChildSluice::close);
        kafka.close();
    }

    /** The one before may have killed one. */
    @BeforeEach
    void allRun() throws Exception {
        for (ChildSluice instance : instances) {
            if (!instance.isRunning()) {
                instance.start();
            }
        }
    }

    private static String unique(String name) {
        unique++;
        return name + "-" + unique;
    }

    private static RawClient connect(ChildSluice to, Connect connect) throws IOException {
        return to.open().connect(connect);
    }

    // ---- taking over ----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(
            value = Protocol.class,
            names = {"MQTT_3_1_1", "MQTT_5"})
    void aClientThatComesToAnotherInstanceIsTheSame(Protocol protocol) throws Exception {
        String clientId = unique("moves");
        String topic = unique("moves") + "/x";
        Connect again = new Connect(protocol, clientId).persistent();
        RawClient first = connect(instances.get(0), again);
        first.subscribe(topic, 2);
        try (RawClient publisher = connect(instances.get(1), new Connect(protocol, unique("p")))) {
            publisher.publish(topic, "one", 2, false);
        }
        ReceivedMessage sent = first.unacknowledged();
        first.send(first.publication(topic, "of its own", 2, false, 77));
        first.assertAnswered(Wire.PUBREC, 77);

        try (RawClient second = connect(instances.get(2), again)) {
            assertThat(second.connAck().isSessionPresent()).isTrue();
            if (protocol == Protocol.MQTT_5) {
                first.assertDisconnected(0x8E);
            } else {
                assertThat(first.isAlive()).isFalse();
            }
            ReceivedMessage resent = second.unacknowledged();
            assertThat(resent.payload()).isEqualTo("one");
            assertThat(resent.packetId()).isEqualTo(sent.packetId());
            assertThat(resent.dup()).isTrue();
            byte[] repeated = second.publication(topic, "of its own", 2, false, 77);
            repeated[0] |= 0x08;
            second.send(repeated);
            second.assertAnswered(Wire.PUBREC, 77);
            second.send(Wire.answer(Wire.PUBREL, 77));
            second.assertAnswered(Wire.PUBCOMP, 77);
            second.send(Wire.answer(Wire.PUBREC, resent.packetId()));
            second.assertAnswered(Wire.PUBREL, resent.packetId());
            second.send(Wire.answer(Wire.PUBCOMP, resent.packetId()));
            assertThat(second.message().payload()).isEqualTo("of its own");
            second.disconnect();
        }
        assertThat(payloads(topic)).containsExactly("one", "of its own");
    }

    @Test
    void theClientsOfADeadInstanceAreCaredFor() throws Exception {
        String clientId = unique("orphan");
        String topic = unique("orphan") + "/x";
        Connect again = new Connect(Protocol.MQTT_5, clientId).persistent();
        RawClient first = connect(instances.get(0), again);
        first.subscribe(topic, 2);
        first.send(first.publication(topic, "kept", 2, false, 5));
        first.assertAnswered(Wire.PUBREC, 5);

        instances.get(0).stop(Stop.KILL);
        long begin = System.nanoTime();
        try (RawClient second = connect(instances.get(1), again)) {
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            log.atInfo().addKeyValue("took", took).log("Taken over from a dead instance");
            assertThat(second.connAck().isSessionPresent()).isTrue();
            assertThat(took).isLessThan(TAKE_OVER_MAX);
            second.send(Wire.answer(Wire.PUBREL, 5));
            second.assertAnswered(Wire.PUBCOMP, 5);
            assertThat(second.message().payload()).isEqualTo("kept");
            second.disconnect();
        }
        assertThat(payloads(topic)).containsExactly("kept");
    }

    /** What a dead instance has left open holds up whoever reads the same partition, until it is taken for dead. */
    @Test
    void theOpenTransactionsOfADeadInstanceStallNobodyForLong() throws Exception {
        String topic = unique("stall");
        ChildSluice halting = instances.get(0);
        Duration longest = Duration.ZERO;
        try (RawClient subscriber = connect(instances.get(1), new Connect(Protocol.MQTT_5, unique("s")));
                RawClient steady = connect(instances.get(2), new Connect(Protocol.MQTT_5, unique("p")))) {
            subscriber.subscribe(topic + "/steady", 1);
            // The first one that dies is the guardian, so that another must become it; the others are not.
            for (int death = 0; death < 3; death++) {
                try (RawClient writer = connect(halting, new Connect(Protocol.MQTT_5, unique("w")).persistent())) {
                    halting.arm(Failpoint.Q2_2);
                    long lastNanos = System.nanoTime();
                    writer.send(writer.publication(topic + "/never", "left open", 2, false, 7));
                    halting.awaitHalt(Failpoint.Q2_2);
                    Duration stalled = Duration.ZERO;
                    int delivered = 0;
                    while (delivered < 100) {
                        String payload = death + "-" + delivered++;
                        steady.publish(topic + "/steady", payload);
                        assertThat(subscriber.message().payload()).isEqualTo(payload);
                        long now = System.nanoTime();
                        Duration took = Duration.ofNanos(now - lastNanos);
                        stalled = took.compareTo(stalled) > 0 ? took : stalled;
                        lastNanos = now;
                    }
                    // Else the transaction was not open, and nothing has been seen.
                    assertThat(stalled).isBetween(STALL_MIN, STALL_MAX);
                    longest = stalled.compareTo(longest) > 0 ? stalled : longest;
                }
                halting.start();
            }
        }
        log.atInfo().addKeyValue("longest", longest).log("The longest time without a delivery, over 3 deaths");
        assertThat(payloads(topic + "/")).hasSize(300).doesNotContain("left open");
    }

    // ---- races ----------------------------------------------------------------------------------------------------

    /** One of many connections that come at once with the same client id. */
    private static final class Racer extends Thread {
        final RawClient client;
        final Connect connect;
        volatile boolean accepted;
        volatile boolean ended;
        volatile @Nullable Throwable trouble;

        Racer(ChildSluice to, Connect connect) throws IOException {
            client = to.open();
            this.connect = connect;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                client.connect(connect);
                assertThat(client.connAck().isSessionPresent()).isTrue();
                accepted = true;
                while (client.isAlive()) {
                    // As long as it is the one.
                    pass(Duration.ofMillis(200));
                }
            } catch (EOFException | SocketException closed) {
                // Another came before its turn.
                accepted = false;
            } catch (IOException | RuntimeException | AssertionError unexpected) {
                trouble = unexpected;
            }
            ended = true;
        }
    }

    private static void pass(Duration time) {
        try {
            // How often it asks is no part of what is tried.
            new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void ofAHundredConnectionsOfOneClientOneSurvives() throws Exception {
        race(5);
    }

    @Test
    @Tag("long")
    @Timeout(900)
    void ofAHundredConnectionsOfOneClientOneSurvivesFiftyTimes() throws Exception {
        race(50);
    }

    private static void race(int rounds) throws Exception {
        String clientId = unique("raced");
        String topic = unique("raced") + "/x";
        Connect again = new Connect(Protocol.MQTT_5, clientId).persistent();
        List<String> expected = new ArrayList<>();
        List<String> received = new ArrayList<>();
        int held;
        RawClient before = connect(instances.get(0), again);
        before.subscribe(topic, 2);
        before.send(before.publication(topic, "first", 2, false, 1));
        before.assertAnswered(Wire.PUBREC, 1);
        expected.add("first");
        ReceivedMessage owed = before.unacknowledged();
        held = 1;
        List<Long> settledMillis = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            List<Racer> racers = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                racers.add(new Racer(instances.get(i % instances.size()), again));
            }
            long begin = System.nanoTime();
            racers.forEach(Thread::start);
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> racers.stream().filter(one -> one.ended).count() >= 99);
            settledMillis.add(Duration.ofNanos(System.nanoTime() - begin).toMillis());
            assertThat(racers).extracting(one -> one.trouble).containsOnlyNulls();
            List<Racer> survivors = racers.stream().filter(one -> !one.ended).toList();
            assertThat(survivors).as("survivors of round " + round).hasSize(1);
            for (Racer racer : racers) {
                if (racer.ended) {
                    racer.client.close();
                }
            }
            before.close();

            // The flow goes on where the one before has left it.
            Racer last = survivors.get(0);
            await().atMost(PATIENCE).until(() -> last.accepted);
            last.client.breakOff();
            last.join();
            before = connect(instances.get(round % instances.size()), again);
            assertThat(before.connAck().isSessionPresent()).isTrue();
            ReceivedMessage resent = before.unacknowledged();
            assertThat(resent.packetId()).isEqualTo(owed.packetId());
            assertThat(resent.payload()).isEqualTo(owed.payload());
            received.add(resent.payload());
            before.send(Wire.answer(Wire.PUBREC, resent.packetId()));
            before.assertAnswered(Wire.PUBREL, resent.packetId());
            before.send(Wire.answer(Wire.PUBCOMP, resent.packetId()));
            before.send(Wire.answer(Wire.PUBREL, held));
            before.assertAnswered(Wire.PUBCOMP, held);
            held = round % 60_000 + 2;
            before.send(before.publication(topic, "round " + round, 2, false, held));
            before.assertAnswered(Wire.PUBREC, held);
            expected.add("round " + round);
            owed = before.unacknowledged();
        }
        before.close();
        assertThat(received).isEqualTo(expected.subList(0, rounds));
        assertThat(payloads(topic)).isEqualTo(expected);
        log.atInfo()
                .addKeyValue("rounds", rounds)
                .addKeyValue("slowestMillis", Collections.max(settledMillis))
                .log("One survivor in each round");
    }

    // ---- pauses ---------------------------------------------------------------------------------------------------

    @Test
    void nothingOfAPausedInstanceBecomesVisibleWhenItGoesOn() throws Exception {
        paused(Duration.ofSeconds(8));
    }

    @Test
    @Tag("long")
    void nothingOfAnInstancePausedForHalfAMinuteBecomesVisibleWhenItGoesOn() throws Exception {
        paused(Duration.ofSeconds(30));
    }

    private static void paused(Duration time) throws Exception {
        String name = unique("paused");
        ChildSluice victim = instances.get(0);
        int clients = 20;
        List<RawClient> old = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            RawClient client = connect(victim, new Connect(Protocol.MQTT_5, name + "-" + i).persistent());
            client.subscribe(name + "/in/" + i, 2);
            client.publish(name + "/out/" + i, "before " + i, 2, false);
            old.add(client);
        }

        victim.signal("STOP");
        for (int i = 0; i < clients; i++) {
            // The system takes it for the process, which will read it when it goes on.
            RawClient client = old.get(i);
            client.send(
                    client.publication(name + "/out/" + i, "late at 1 " + i, 1, false, 101),
                    client.publication(name + "/out/" + i, "late at 2 " + i, 2, false, 102),
                    client.publication(name + "/out/" + i, "late at 0 " + i, 0, false, 0));
        }
        long begin = System.nanoTime();
        List<RawClient> moved = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            RawClient client = connect(instances.get(1), new Connect(Protocol.MQTT_5, name + "-" + i).persistent());
            assertThat(client.connAck().isSessionPresent()).isTrue();
            client.publish(name + "/out/" + i, "after " + i, 2, false);
            moved.add(client);
        }
        log.atInfo()
                .addKeyValue("took", Duration.ofNanos(System.nanoTime() - begin))
                .log("Clients of a paused instance taken over");
        pass(time.minusNanos(System.nanoTime() - begin));
        victim.signal("CONT");
        try (RawClient publisher = connect(instances.get(2), new Connect(Protocol.MQTT_5, name + "-p"))) {
            for (int i = 0; i < clients; i++) {
                publisher.publish(name + "/in/" + i, "to " + i, 2, false);
            }
        }

        for (int i = 0; i < clients; i++) {
            assertThat(moved.get(i).message().payload()).isEqualTo("to " + i);
            // It was told nothing: neither an answer, nor a message, but the end.
            assertThat(old.get(i).isAnswered(Wire.PUBLISH))
                    .as("delivered by the paused one")
                    .isFalse();
            moved.get(i).disconnect();
            old.get(i).close();
        }
        // It is there again, as another one, when all that it could have done is done.
        try (RawClient client = awaitAnswer(victim, name + "-new")) {
            client.publish(name + "/last", "last", 2, false);
        }
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            expected.add("before " + i);
            expected.add("after " + i);
        }
        assertThat(payloads(name + "/out/")).containsExactlyInAnyOrderElementsOf(expected);
    }

    private static RawClient awaitAnswer(ChildSluice instance, String clientId) {
        List<RawClient> connected = new ArrayList<>();
        await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> connected.add(connect(instance, new Connect(Protocol.MQTT_5, clientId))));
        return connected.get(0);
    }

    // ---- wills ----------------------------------------------------------------------------------------------------

    @Test
    void theWillsOfADeadInstanceArePublishedOnce() throws Exception {
        wills(200);
    }

    @Test
    @Tag("long")
    void aThousandWillsOfADeadInstanceArePublishedOnce() throws Exception {
        wills(1_000);
    }

    private static void wills(int count) throws Exception {
        String name = unique("wills");
        List<RawClient> devices = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            devices.add(connect(
                    instances.get(0),
                    new Connect(Protocol.MQTT_5, name + "-" + i)
                            .persistent()
                            .will(name + "/will", "gone " + i, 1, false, Property.willDelay(4))));
        }

        instances.get(0).stop(Stop.KILL);
        // Every third comes back in time.
        List<RawClient> back = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (i % 3 == 0) {
                back.add(connect(instances.get(1 + i % 2), new Connect(Protocol.MQTT_5, name + "-" + i).persistent()));
            } else {
                expected.add("gone " + i);
            }
        }
        // The guardian is killed as well, while they are due.
        await().atMost(PATIENCE).until(() -> !payloads(name + "/will").isEmpty());
        ChildSluice guardian = instances.get(1).metrics().contains("sluice_guardian_partitions 16.0")
                ? instances.get(1)
                : instances.get(2);
        guardian.stop(Stop.KILL);

        Map<String, Integer> times = new ConcurrentHashMap<>();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(300)).untilAsserted(() -> {
            Map<String, Integer> found = new HashMap<>();
            payloads(name + "/will").forEach(payload -> found.merge(payload, 1, Integer::sum));
            times.putAll(found);
            assertThat(found.keySet()).containsAll(expected);
        });
        List<String> ofThoseWhoCame = new ArrayList<>(times.keySet());
        ofThoseWhoCame.removeAll(expected);
        log.atInfo()
                .addKeyValue("wills", expected.size())
                .addKeyValue("ofReturnedHeldByTheSecondDead", ofThoseWhoCame.size())
                .log("Wills published");
        assertThat(times.values()).as("times that each will was published").containsOnly(1);
        assertThat(ofThoseWhoCame).as("wills of those who came back").isEmpty();
        for (RawClient one : back) {
            one.close();
        }
        for (RawClient one : devices) {
            one.close();
        }
    }

    /** What a program reads of the messages whose MQTT topic begins so, in the order of each partition. */
    private static List<String> payloads(String mqttTopic) {
        String kafkaTopic = "mqtt." + mqttTopic.substring(0, mqttTopic.indexOf('/'));
        return KafkaRecords.all(kafka.bootstrapServers(), kafkaTopic, row -> row).stream()
                .filter(row -> new String(row.key(), UTF_8).startsWith(mqttTopic))
                .map(KafkaRecords::text)
                .toList();
    }
}
