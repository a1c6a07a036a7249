package io.sluice.app.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.util.ResourceLeakDetector;
import io.sluice.app.it.LoadInvariants;
import io.sluice.app.runtime.Sluice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Subscribers at QoS 1 that acknowledge ten messages a second, of five times as many that come for them, cost no memory,
 * do not hold up those who keep up, and get everything, in order, when they are let go.
 */
@Tag("alone")
final class SlowSubscribersIT {

    private static final Logger log = LoggerFactory.getLogger(SlowSubscribersIT.class);
    private static final int SLOW_PER_TOPIC = 10;
    private static final int MESSAGES_PER_SECOND_AND_TOPIC = 50;
    private static final Duration TICK = Duration.ofMillis(20);
    private static final Duration ACKNOWLEDGEMENT = Duration.ofMillis(100);
    private static final Duration TURN = Duration.ofMillis(5);
    /** The aim is 1.5; clients and Kafka share two cores with the server here. */
    private static final double SLOWER_AT_MOST = 2.5;

    private static final Duration SETTLING = Duration.ofSeconds(3);

    @TempDir
    private Path folder;

    @Test
    void aHundredSlowSubscribersBesideTenThatKeepUp() throws Exception {
        run(10, Duration.ofSeconds(5), Duration.ofSeconds(9), false);
    }

    @Test
    @Tag("long")
    @Timeout(900)
    void aThousandSlowSubscribersBesideAHundredThatKeepUp() throws Exception {
        ResourceLeakDetector.Level watched = ResourceLeakDetector.getLevel();
        // At its most thorough the detector takes most of the time, and what is measured is the detector.
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
        try {
            run(100, Duration.ofSeconds(30), Duration.ofMinutes(5), true);
        } finally {
            ResourceLeakDetector.setLevel(watched);
        }
    }

    private void run(int topics, Duration alone, Duration together, boolean isMeasured) throws Exception {
        Duration patience = Duration.ofMinutes(4);
        try (Sluice sluice = ScaleSluice.start(folder);
                Fleet publishers = new Fleet(sluice.port("mqtt"));
                Fleet keepingUp = new Fleet(sluice.port("mqtt"));
                Fleet subscribers = new Fleet(sluice.port("mqtt"))) {
            Latencies latencies = new Latencies();
            Publishing publishing = new Publishing(publishers, topics);
            List<FleetClient> fast = new ArrayList<>();
            List<FleetClient> slow = new ArrayList<>();
            for (int i = 0; i < topics; i++) {
                fast.add(keepingUp
                        .add("fast-" + i, true)
                        .subscribesTo("flow/" + i)
                        .onLatency(latencies::add));
                for (int j = 0; j < SLOW_PER_TOPIC; j++) {
                    FleetClient client =
                            subscribers.add("slow-" + i + "-" + j, true).subscribesTo("flow/" + i);
                    client.acknowledgesAtOnce = false;
                    client.startsAnywhere = true;
                    slow.add(client);
                }
            }
            fast.forEach(keepingUp::connect);
            await().atMost(patience).until(() -> fast.stream().allMatch(client -> client.subscribed));
            await().atMost(patience).until(publishing::isConnected);
            publishing.start();
            pass(alone);
            latencies.count();
            pass(alone);
            double aloneP99 = latencies.takeMillisAt(0.5, 0.99)[1];

            slow.forEach(subscribers::connect);
            await().atMost(patience).until(() -> slow.stream().allMatch(client -> client.subscribed));
            acknowledgeInTurns(subscribers, slow);
            pass(alone);
            long heapBefore = ScaleSluice.liveHeap();
            // What waited for the collections of the test's own asking is not to be counted.
            pass(SETTLING);
            latencies.count();
            pass(together.dividedBy(2));
            double[] first = latencies.takeMillisAt(0.5, 0.99);
            long heapHalfway = ScaleSluice.liveHeap();
            pass(SETTLING);
            latencies.count();
            pass(together.dividedBy(2));
            double[] second = latencies.takeMillisAt(0.5, 0.99);
            long heapAfter = ScaleSluice.liveHeap();
            double lagging = sluice.registry()
                    .get("sluice.sessions")
                    .tag("state", "lagging")
                    .gauge()
                    .value();
            double readForSlow = ScaleSluice.metric(sluice, "sluice.sweep.records");

            long receivedSlowly = slow.stream().mapToLong(FleetClient::received).sum();
            publishing.stop();
            await().atMost(patience).until(publishing::isAnswered);
            long letGo = System.nanoTime();
            subscribers.loop().execute(() -> slow.forEach(FleetClient::letGo));
            List<FleetClient> all = new ArrayList<>(fast);
            all.addAll(slow);
            await().atMost(patience)
                    .until(() -> all.stream().allMatch(client -> client.last == publishing.sent.get() - 1));
            Duration drained = Duration.ofNanos(System.nanoTime() - letGo);

            log.atInfo()
                    .addKeyValue("slow", slow.size())
                    .addKeyValue("fast", fast.size())
                    .addKeyValue("messagesPerTopic", publishing.sent.get())
                    .addKeyValue("slowMessagesPerClient", receivedSlowly / slow.size())
                    .addKeyValue("aloneP99Millis", aloneP99)
                    .addKeyValue("p50Millis", first[0] + ", " + second[0])
                    .addKeyValue("p99Millis", first[1] + ", " + second[1])
                    .addKeyValue("heapMiB", heapBefore >> 20)
                    .addKeyValue("heapHalfwayMiB", heapHalfway >> 20)
                    .addKeyValue("heapAfterMiB", heapAfter >> 20)
                    .addKeyValue("lagging", lagging)
                    .addKeyValue("sweptBefore", readForSlow)
                    .addKeyValue("swept", ScaleSluice.metric(sluice, "sluice.sweep.records"))
                    .addKeyValue("drained", drained)
                    .log("Slow subscribers got everything");
            assertThat(all).allSatisfy(client -> assertThat(client.problems()).isEmpty());
            assertThat(publishers.clients())
                    .allSatisfy(client -> assertThat(client.problems()).isEmpty());
            assertThat(lagging).as("sessions that lag").isPositive();
            LoadInvariants.assertHold(sluice.registry().scrape());
            if (isMeasured) {
                assertThat(heapAfter)
                        .as("live heap after half the time and after all of it")
                        .isLessThan(heapHalfway * 105 / 100);
                assertThat(Math.max(first[1], second[1]))
                        .as("p99 of those that keep up, in ms, beside the slow (%s alone)", aloneP99)
                        .isLessThanOrEqualTo(aloneP99 * SLOWER_AT_MOST);
            }
        }
    }

    /** Each acknowledges ten messages a second, but not all at the same moment. */
    private static void acknowledgeInTurns(Fleet fleet, List<FleetClient> slow) {
        int turns = (int) ACKNOWLEDGEMENT.dividedBy(TURN);
        AtomicLong turn = new AtomicLong();
        fleet.every(TURN, () -> {
            for (int i = (int) (turn.getAndIncrement() % turns); i < slow.size(); i += turns) {
                slow.get(i).acknowledgeOne();
            }
        });
    }

    private static void pass(Duration time) throws InterruptedException {
        // A measurement takes its time; nothing is waited for.
        new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The same number of messages for each topic, in time. */
    private static final class Publishing {
        private static final int PUBLISHERS = 10;
        private final Fleet fleet;
        private final int topics;
        private boolean running;
        private long startNanos;
        private final AtomicLong sent = new AtomicLong();

        Publishing(Fleet fleet, int topics) {
            this.fleet = fleet;
            this.topics = topics;
            for (int i = 0; i < PUBLISHERS; i++) {
                fleet.connect(fleet.add("publisher-" + i, true));
            }
        }

        boolean isConnected() {
            return fleet.clients().stream().allMatch(client -> client.connected);
        }

        void start() {
            fleet.loop().execute(() -> {
                startNanos = System.nanoTime();
                running = true;
            });
            fleet.every(TICK, this::tick);
        }

        private void tick() {
            long due = (System.nanoTime() - startNanos) * MESSAGES_PER_SECOND_AND_TOPIC / TimeUnit.SECONDS.toNanos(1);
            while (running && sent.get() < due) {
                long sequence = sent.getAndIncrement();
                for (int topic = 0; topic < topics; topic++) {
                    fleet.clients().get(topic % PUBLISHERS).publish("flow/" + topic, sequence);
                }
            }
        }

        void stop() {
            CountDownLatch stopped = new CountDownLatch(1);
            fleet.loop().execute(() -> {
                running = false;
                stopped.countDown();
            });
            await().until(() -> stopped.getCount() == 0);
        }

        boolean isAnswered() {
            return fleet.clients().stream().allMatch(client -> client.unanswered == 0);
        }
    }
}
