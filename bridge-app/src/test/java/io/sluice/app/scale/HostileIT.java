package io.sluice.app.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.util.ResourceLeakDetector;
import io.sluice.app.it.LoadInvariants;
import io.sluice.app.runtime.Sluice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
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
 * A thousand hostile connections of every kind beside a hundred clients that publish and receive at a steady rate: these
 * lose nothing, get nothing twice or in another order, and none of them is sent away; of the others nothing is left.
 */
@Tag("alone")
final class HostileIT {

    private static final Logger log = LoggerFactory.getLogger(HostileIT.class);
    private static final int GOOD = 100;
    private static final int HOSTILE = 1_000;
    /** Each good client publishes once in this time. */
    private static final Duration PERIOD = Duration.ofMillis(200);

    /** Its process starts, and all of them have connected and sent what they send at once. */
    private static final Duration ARRIVAL = Duration.ofSeconds(6);

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final double SLOWER_AT_MOST = 1.5;
    private static final long HEAP_GROWTH_MAX = 64 << 20;

    @TempDir
    private Path folder;

    @Test
    void aThousandHostileConnectionsBesideAHundredGoodOnes() throws Exception {
        watched(ResourceLeakDetector.Level.ADVANCED, () -> run(1, Duration.ofSeconds(3), Duration.ofSeconds(4), false));
    }

    /** Taken in turns, so that both see the same of what else the machine does. */
    @Test
    @Tag("long")
    @Timeout(900)
    void theGoodOnesAreNotSlowedDownEither() throws Exception {
        watched(ResourceLeakDetector.Level.SIMPLE, () -> run(8, Duration.ofSeconds(20), Duration.ofSeconds(20), true));
    }

    private interface Run {
        void run() throws Exception;
    }

    /** At its most thorough the detector takes most of the time, and what is tried is the detector. */
    private static void watched(ResourceLeakDetector.Level level, Run run) throws Exception {
        ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(level);
        try {
            run.run();
        } finally {
            ResourceLeakDetector.setLevel(before);
        }
    }

    private void run(int rounds, Duration alone, Duration beset, boolean isMeasured) throws Exception {
        try (Sluice sluice = ScaleSluice.start(folder, "mqtt: {connect-timeout: 4s}\n");
                Fleet fleet = new Fleet(sluice.port("mqtt"))) {
            Latencies latencies = new Latencies();
            Good good = new Good(fleet, latencies);
            await().atMost(PATIENCE).until(good::isReady);
            good.start();
            pass(alone);
            long heapBefore = ScaleSluice.liveHeap();
            List<Double> p99Alone = new ArrayList<>();
            List<Double> p99Arriving = new ArrayList<>();
            List<Double> p99Beset = new ArrayList<>();
            int connections = 0;
            for (int round = 0; round < rounds; round++) {
                p99Alone.add(p99(latencies, alone));
                try (HostileProcess hostile = new HostileProcess(sluice.port("mqtt"), "good/#", HOSTILE)) {
                    p99Arriving.add(p99(latencies, ARRIVAL));
                    p99Beset.add(p99(latencies, beset));
                    connections += hostile.stop();
                }
                await().atMost(PATIENCE).until(() -> ScaleSluice.metric(sluice, "sluice.connections") <= GOOD);
            }
            good.stop();
            await().atMost(PATIENCE).until(good::isComplete);

            log.atInfo()
                    .addKeyValue("hostileConnections", connections)
                    .addKeyValue("messages", good.messages())
                    .addKeyValue("p99MillisAlone", p99Alone)
                    .addKeyValue("p99MillisWhileTheyArrive", p99Arriving)
                    .addKeyValue("p99MillisBeset", p99Beset)
                    .log("Good clients got everything");
            assertThat(fleet.problems()).isEmpty();
            assertThat(connections).isGreaterThanOrEqualTo(HOSTILE);
            assertThat(ScaleSluice.liveHeap() - heapBefore)
                    .as("live heap, more than before")
                    .isLessThan(HEAP_GROWTH_MAX);
            checkReasons(sluice);
            LoadInvariants.assertHold(sluice.registry().scrape());
            if (isMeasured) {
                assertThat(median(p99Beset))
                        .as("median of p99 in ms, beside the hostile (%s alone)", p99Alone)
                        .isLessThanOrEqualTo(median(p99Alone) * SLOWER_AT_MOST);
            }
        }
    }

    /** Each of what they did was seen for what it was, and nothing was an error of ours. */
    private static void checkReasons(Sluice sluice) {
        for (String reason : List.of("malformed", "connect_timeout")) {
            assertThat(ScaleSluice.metric(sluice, "sluice.connects.rejected", "reason", reason))
                    .as("rejected: %s", reason)
                    .isPositive();
        }
        for (String reason : List.of("protocol_error", "packet_too_large", "receive_maximum", "limit", "lost")) {
            assertThat(ScaleSluice.metric(sluice, "sluice.connections.closed", "reason", reason))
                    .as("closed: %s", reason)
                    .isPositive();
        }
        assertThat(ScaleSluice.metric(sluice, "sluice.connections.closed", "reason", "internal"))
                .as("closed by an error of ours")
                .isZero();
        assertThat(ScaleSluice.metric(sluice, "sluice.bugs")).as("bugs").isZero();
    }

    private static double p99(Latencies latencies, Duration time) throws InterruptedException {
        latencies.count();
        pass(time);
        return latencies.takeMillisAt(0.99)[0];
    }

    private static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }

    private static void pass(Duration time) throws InterruptedException {
        // A measurement takes its time; nothing is waited for.
        new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Clients that publish to a topic of their own at QoS 1, and subscribe to it. */
    private static final class Good {
        private final Fleet fleet;
        private volatile boolean running;
        private final AtomicLong sent = new AtomicLong();

        Good(Fleet fleet, Latencies latencies) {
            this.fleet = fleet;
            for (int i = 0; i < GOOD; i++) {
                fleet.connect(
                        fleet.add("good-" + i, true).subscribesTo("good/" + i).onLatency(latencies::add));
            }
        }

        boolean isReady() {
            return fleet.clients().stream().allMatch(client -> client.connected && client.subscribed);
        }

        /** One after the other, so that the rate is steady: what is measured is not how a burst is worked off. */
        void start() {
            running = true;
            fleet.every(PERIOD.dividedBy(GOOD), this::tick);
        }

        private void tick() {
            if (running) {
                int client = (int) (sent.get() % GOOD);
                fleet.clients().get(client).publish("good/" + client, sent.getAndIncrement() / GOOD);
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

        /** Everything is acknowledged, and has come. */
        boolean isComplete() {
            for (int i = 0; i < GOOD; i++) {
                FleetClient client = fleet.clients().get(i);
                // So many it has sent, as they are numbered from nought.
                long count = (sent.get() - i + GOOD - 1) / GOOD;
                if (!client.connected || client.unanswered != 0 || client.last != count - 1) {
                    return false;
                }
            }
            return true;
        }

        long messages() {
            return sent.get();
        }
    }
}
