package io.sluice.app.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.awaitility.core.ConditionTimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clients with sessions that remain publish and receive at QoS 1 and 2, while harm is done to what surrounds them:
 * nothing acknowledged is lost, nothing at QoS 2 is there twice, the order holds, and no session is lost.
 */
final class Torture {

    private static final Logger log = LoggerFactory.getLogger(Torture.class);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Surroundings surroundings;
    private final long seed;
    private final List<TortureClient.Publisher> publishers = new ArrayList<>();
    private final List<TortureClient.Subscriber> subscribers = new ArrayList<>();

    Torture(Surroundings surroundings, long seed) {
        this.surroundings = surroundings;
        this.seed = seed;
    }

    /** The run's seed: a new one, or {@code -Dseed}, which decides as the run did that printed it. */
    static long seed() {
        return Long.getLong("seed", System.nanoTime());
    }

    /** Starts everything, strikes so often, and checks what came of it. */
    void run(int strikes) throws Exception {
        log.atInfo().addKeyValue("seed", seed).addKeyValue("strikes", strikes).log("Torture");
        SplittableRandom random = new SplittableRandom(seed);
        long begin = System.nanoTime();
        for (Protocol protocol : List.of(Protocol.MQTT_3_1_1, Protocol.MQTT_5)) {
            for (int qos = 1; qos <= 2; qos++) {
                publishers.add(
                        new TortureClient.Publisher(surroundings, protocol, "torture/" + protocol + "-" + qos, qos));
                subscribers.add(new TortureClient.Subscriber(surroundings, protocol, "torture/#", qos));
            }
        }
        try {
            surroundings.start();
            subscribers.forEach(TortureClient::start);
            await().atMost(PATIENCE).until(() -> subscribers.stream().allMatch(one -> one.ready));
            publishers.forEach(TortureClient::start);
            for (int i = 0; i < strikes; i++) {
                surroundings.strike(random);
            }
            surroundings.calm();
            publishers.forEach(TortureClient.Publisher::finish);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(publishers)
                    .as("publishers that are not done; seed %s", seed)
                    .allMatch(TortureClient.Publisher::isFinished));
            check();
        } catch (AssertionError | ConditionTimeoutException failure) {
            publishers.forEach(one -> System.err.println(one.clientId + ": " + one.state()));
            subscribers.forEach(one -> System.err.println(one.clientId + ": " + one.state()));
            System.err.println(surroundings.report());
            System.err.println(CommittedRecords.openTransactions(surroundings.bootstrapServers()));
            throw failure;
        }
        log.atInfo()
                .addKeyValue("took", Duration.ofNanos(System.nanoTime() - begin))
                .log("Torture is over");
    }

    private void check() throws Exception {
        List<String> records = CommittedRecords.values(surroundings.bootstrapServers(), "mqtt.torture");
        Set<String> distinct = new HashSet<>(records);
        for (TortureClient.Subscriber subscriber : subscribers) {
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).untilAsserted(() -> {
                Set<String> missing = new TreeSet<>(distinct);
                missing.removeAll(new HashSet<>(new ArrayList<>(subscriber.payloads)));
                assertThat(missing)
                        .as(
                                "missing at %s, which has %s of %s; %s; seed %s",
                                subscriber.clientId, subscriber.count, distinct.size(), subscriber.state(), seed)
                        .isEmpty();
            });
            subscriber.stop();
        }
        for (TortureClient.Publisher publisher : publishers) {
            publisher.stop();
            assertThat(publisher.acknowledged).as("acknowledged; seed %s", seed).hasSize((int) publisher.published());
            check("Kafka", records, publisher, publisher.qos() == 2);
        }
        for (TortureClient.Subscriber subscriber : subscribers) {
            for (TortureClient.Publisher publisher : publishers) {
                boolean isOnce = publisher.qos() == 2 && subscriber.qos() == 2;
                check(subscriber.clientId, subscriber.payloads, publisher, isOnce);
            }
            assertThat(subscriber.problems).as("seed %s", seed).isEmpty();
        }
        for (TortureClient.Publisher publisher : publishers) {
            assertThat(publisher.problems).as("seed %s", seed).isEmpty();
        }
        log.atInfo()
                .addKeyValue(
                        "published",
                        publishers.stream()
                                .mapToLong(TortureClient.Publisher::published)
                                .sum())
                .addKeyValue("records", records.size())
                .addKeyValue(
                        "delivered",
                        subscribers.stream().mapToLong(one -> one.count).sum())
                .log("Nothing lost, nothing at QoS 2 twice");
    }

    /** All of the publisher's messages are there, in the order of their first appearance. */
    private void check(String where, List<String> payloads, TortureClient.Publisher publisher, boolean isOnce) {
        Map<Long, Integer> times = new HashMap<>();
        List<Long> first = new ArrayList<>();
        for (String payload : payloads) {
            String[] words = payload.split(" ");
            if (words[0].equals(publisher.topic())) {
                long sequence = Long.parseLong(words[1]);
                if (times.merge(sequence, 1, Integer::sum) == 1) {
                    first.add(sequence);
                }
            }
        }
        Set<Long> missing = new TreeSet<>(publisher.acknowledged);
        missing.removeAll(times.keySet());
        assertThat(missing)
                .as("acknowledged messages of %s missing at %s; seed %s", publisher.topic(), where, seed)
                .isEmpty();
        assertThat(first)
                .as("order of %s at %s; seed %s", publisher.topic(), where, seed)
                .isSorted();
        if (isOnce) {
            times.values().removeIf(count -> count == 1);
            assertThat(times)
                    .as("messages of %s twice at %s; seed %s", publisher.topic(), where, seed)
                    .isEmpty();
        }
    }
}
