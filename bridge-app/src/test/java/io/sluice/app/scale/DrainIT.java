package io.sluice.app.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import io.sluice.app.embedded.EmbeddedKafka;
import io.sluice.app.embedded.EmbeddedKafkaSettings;
import io.sluice.app.it.ChildSluice;
import io.sluice.app.it.LoadInvariants;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One of two instances is told to stop while its clients publish and subscribe: an operator's rolling update. */
@Tag("alone")
final class DrainIT {

    private static final Logger log = LoggerFactory.getLogger(DrainIT.class);
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int CLIENTS = 2_000;
    private static final int PUBLISHERS = 10;
    /** They do not come back: so it is seen when the others' wills would have come. */
    private static final int STAYING_AWAY = 20;

    private static final int PER_SECOND = 1_000;
    private static final Duration WILL_GRACE = Duration.ofSeconds(8);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration TICK = Duration.ofMillis(20);

    @TempDir
    private Path folder;

    @Test
    void whoIsSentAwayIsOnTheOtherInstanceInTimeAndNothingIsLost() throws Exception {
        String keys = "drain: {delay: 1s, rate: %d/s, timeout: %ds, will-grace: %ds}"
                .formatted(PER_SECOND, TIMEOUT.toSeconds(), WILL_GRACE.toSeconds());
        try (EmbeddedKafka kafka = new EmbeddedKafka(new EmbeddedKafkaSettings(folder.resolve("kafka"), 0))) {
            kafka.start();
            try (ChildSluice going = new ChildSluice(folder.resolve("a"), kafka.bootstrapServers(), "", keys);
                    ChildSluice staying = new ChildSluice(folder.resolve("b"), kafka.bootstrapServers(), "", keys)) {
                going.start();
                staying.start();
                await().atMost(PATIENCE).until(() -> going.metric("sluice_instances") == 2);
                run(going, staying);
                try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
                    assertThat(admin.listTopics().names().get()).contains("mqtt.drain");
                }
            }
        }
    }

    private static void run(ChildSluice going, ChildSluice staying) throws Exception {
        try (Fleet moving = new Fleet(going.port());
                Fleet publishing = new Fleet(going.port());
                Fleet watching = new Fleet(staying.port())) {
            Set<String> wills = ConcurrentHashMap.newKeySet();
            FleetClient watcher = watching.add("watcher", true).subscribesTo("wills/#");
            watcher.onText(wills::add);
            watching.connect(watcher);
            for (int i = 0; i < CLIENTS; i++) {
                FleetClient client = moving.add("moving-" + i, false)
                        .subscribesTo("drain/" + i)
                        .withWill("wills/" + i);
                client.allowsRepeats = true;
                if (i >= STAYING_AWAY) {
                    client.onLost(() -> moving.connect(client));
                }
                moving.connect(client);
            }
            for (int i = 0; i < PUBLISHERS; i++) {
                FleetClient publisher = publishing.add("publisher-" + i, false).withWill("wills/publisher");
                publisher.onLost(() -> publishing.connect(publisher));
                publishing.connect(publisher);
            }
            await().atMost(PATIENCE)
                    .until(() -> watcher.subscribed
                            && moving.clients().stream().allMatch(client -> client.subscribed)
                            && publishing.clients().stream().allMatch(client -> client.connected));
            CompletableFuture<Mqtt5DisconnectReasonCode> told = connectMqtt5(going);
            Publishing publications = new Publishing(publishing);
            await().atMost(PATIENCE).until(() -> publications.least() > 2);

            List<FleetClient> returning = moving.clients().subList(STAYING_AWAY, CLIENTS);
            moving.moveTo(staying.port());
            publishing.moveTo(staying.port());
            long start = System.nanoTime();
            going.stop(ChildSluice.Stop.TERMINATE);
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            await().atMost(PATIENCE)
                    .until(() -> returning.stream().allMatch(client -> client.connected)
                            && publishing.clients().stream().allMatch(client -> client.connected));
            Duration moved = Duration.ofNanos(System.nanoTime() - start);
            // Beyond the end of the process they go on on the other one.
            long atMove = publications.least();
            await().atMost(PATIENCE).until(() -> publications.least() > atMove + 2);
            publications.stop();
            await().atMost(PATIENCE)
                    .until(() -> publishing.clients().stream().allMatch(client -> client.unanswered == 0));
            await().atMost(PATIENCE)
                    .until(() -> returning.stream().allMatch(client -> client.last == publications.last(client)));
            await().atMost(PATIENCE).until(() -> wills.size() >= STAYING_AWAY);

            log.atInfo()
                    .addKeyValue("clients", CLIENTS)
                    .addKeyValue("processEnded", took)
                    .addKeyValue("allMoved", moved)
                    .addKeyValue("messages", publications.sent())
                    .log("An instance was drained");
            assertThat(took).as("from SIGTERM to the end of the process").isLessThan(TIMEOUT);
            assertThat(told).isCompletedWithValue(Mqtt5DisconnectReasonCode.USE_ANOTHER_SERVER);
            assertThat(moving.problems()).isEmpty();
            assertThat(publishing.problems()).isEmpty();
            assertThat(wills)
                    .as("wills: of those who did not come back, and of nobody else")
                    .isEqualTo(moving.clients().subList(0, STAYING_AWAY).stream()
                            .map(client -> client.clientId)
                            .collect(Collectors.toSet()));
            LoadInvariants.assertHold(staying.metrics());
            assertThat(staying.metric("sluice_connections")).isEqualTo(CLIENTS - STAYING_AWAY + PUBLISHERS + 1);
        }
    }

    /** A client that is told why it is sent away. */
    private static CompletableFuture<Mqtt5DisconnectReasonCode> connectMqtt5(ChildSluice sluice) {
        CompletableFuture<Mqtt5DisconnectReasonCode> told = new CompletableFuture<>();
        Mqtt5Client.builder()
                .serverHost("127.0.0.1")
                .serverPort(sluice.port())
                .addDisconnectedListener(context -> {
                    if (context.getCause() instanceof Mqtt5DisconnectException disconnected) {
                        told.complete(disconnected.getMqttMessage().getReasonCode());
                    } else {
                        told.completeExceptionally(context.getCause());
                    }
                })
                .buildBlocking()
                .connect();
        return told;
    }

    /** Each publisher publishes to its share of the topics, in turns, as long as it is connected. */
    private static final class Publishing {
        private final Fleet fleet;
        private final long[] next = new long[CLIENTS];
        private final List<Integer> turns = new ArrayList<>();
        private boolean stopped;
        private volatile long least;
        private long sent;

        Publishing(Fleet fleet) {
            this.fleet = fleet;
            for (int i = 0; i < PUBLISHERS; i++) {
                turns.add(i);
            }
            fleet.every(TICK, this::tick);
        }

        private void tick() {
            if (stopped) {
                return;
            }
            for (int publisher = 0; publisher < PUBLISHERS; publisher++) {
                FleetClient client = fleet.clients().get(publisher);
                for (int i = 0; client.connected && client.unanswered < 100 && i < 4; i++) {
                    int topic = turns.get(publisher);
                    client.publish("drain/" + topic, next[topic]++);
                    sent++;
                    turns.set(publisher, (topic + PUBLISHERS) % CLIENTS);
                }
            }
            long lowest = Long.MAX_VALUE;
            for (long sequence : next) {
                lowest = Math.min(lowest, sequence);
            }
            least = lowest;
        }

        /** How many messages each topic has at least. */
        long least() {
            return least;
        }

        long sent() {
            return sent;
        }

        long last(FleetClient client) {
            return next[Integer.parseInt(client.clientId.substring("moving-".length()))] - 1;
        }

        void stop() throws Exception {
            fleet.loop().submit(() -> stopped = true).get();
        }
    }
}
