package io.sluice.mqtt.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.mqtt.delivery.Fanout;
import io.sluice.mqtt.fake.FakeLog;
import io.sluice.mqtt.fake.FakeTime;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.store.InMemoryRetainedStore;
import io.sluice.mqtt.store.InMemorySessionStore;
import io.sluice.mqtt.subscription.Subscription;
import io.sluice.mqtt.subscription.SubscriptionIndex;
import io.sluice.mqtt.sweep.SharedSweeps;
import io.sluice.mqtt.sweep.SweepSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sessions on two loops over a fake log in virtual time: windows, buffers, polls, sweeps, answers in any order, open and
 * aborted transactions, holes, SUBSCRIBE while lagging, lost connections and moves between loops at random, the invariants
 * checked at the end. A failure names its seed; {@code -Dseed=N} replays it, {@code -Dhistories=N} tries more.
 */
class SessionSimTest {

    private static final String[] TOPICS = {"a/1", "a/2", "b/1", "b/2", "c/1"};
    private static final String[] FILTERS = {"#", "a/+", "+/1", "b/#", "a/1", "c/#"};

    /** So many test cases; each takes every 600th history. */
    private static final int CASES = 600;

    static LongStream seeds() {
        Long one = Long.getLong("seed");
        return one != null ? LongStream.of(one) : LongStream.range(0, CASES);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void nothingIsLostTwiceOrOutOfOrder(long first) {
        long end = Long.getLong("seed") != null ? first + 1 : Long.getLong("histories", CASES);
        for (long seed = first; seed < end; seed += CASES) {
            Simulation simulation = new Simulation(seed);
            for (int step = 0; step < 400; step++) {
                simulation.step();
            }
            simulation.settle();
            simulation.check();
        }
    }

    private static final class Simulation {
        private final long seed;
        private final SplittableRandom random;
        private final FakeTime time = new FakeTime();
        private final List<Loop> loops = List.of(time.loop(), time.loop());
        private final FakeLog log = new FakeLog();
        private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
        private final List<SimulatedClient> clients = new ArrayList<>();
        /** What each client must get: what was appended after its SUBACK and matches. */
        private final Map<SimulatedClient, List<String>> owed = new HashMap<>();

        private final Map<String, Integer> sequences = new HashMap<>();
        /** What is in the open transaction of each partition, by whom it is owed once that is committed. */
        private final Map<String, List<Uncommitted>> uncommitted = new HashMap<>();

        private final Set<String> aborted = new HashSet<>();

        private record Uncommitted(String content, List<SimulatedClient> wantedBy) {}

        Simulation(long seed) {
            this.seed = seed;
            this.random = new SplittableRandom(seed);
            SubscriptionIndex<Subscription> index = new SubscriptionIndex<>();
            SessionMeters meters = new SessionMeters(registry);
            Fanout fanout = new Fanout(index, meters, 1 + random.nextInt(4), 1 + random.nextInt(20), registry);
            fanout.onRoom(log::resume);
            log.start(fanout);
            SessionSettings settings = new SessionSettings(
                    1 + random.nextInt(6),
                    1 + random.nextInt(8),
                    20 + random.nextInt(100),
                    16 * (1 + random.nextInt(5)),
                    Duration.ofDays(1),
                    10,
                    Duration.ofMinutes(1));
            SessionContext context = new SessionContext(
                    settings,
                    index,
                    log,
                    new SharedSweeps(time.loop(), log, sweepSettings(), fanout::tails, meters, registry),
                    new InMemoryRetainedStore(100, registry),
                    fanout::tails,
                    meters);
            Sessions sessions =
                    new Sessions(new InMemorySessionStore(loops.get(0), new NoEvents()), context, loops, registry);
            int count = 2 + random.nextInt(7);
            for (int i = 0; i < count; i++) {
                SimulatedClient client = new SimulatedClient(
                        "client" + i,
                        i % 2 == 0 ? Qos.AT_LEAST_ONCE : Qos.EXACTLY_ONCE,
                        FILTERS[random.nextInt(FILTERS.length)],
                        random.nextBoolean() ? FILTERS[random.nextInt(FILTERS.length)] : null,
                        1 + random.nextInt(5),
                        sessions);
                clients.add(client);
            }
        }

        private SweepSettings sweepSettings() {
            return new SweepSettings(
                    2 + random.nextInt(4),
                    16 * (1 + random.nextInt(5)),
                    random.nextInt(12),
                    1 + random.nextInt(20),
                    Duration.ofMillis(random.nextInt(200)));
        }

        void step() {
            SimulatedClient client = clients.get(random.nextInt(clients.size()));
            SimulatedClient.Wire wire = client.wire;
            switch (random.nextInt(14)) {
                case 0, 1, 2 -> append(1 + random.nextInt(4));
                case 3 -> log.appendHole(TOPICS[random.nextInt(TOPICS.length)].substring(0, 1));
                case 4, 5 -> log.poll(1 + random.nextInt(5));
                case 6 -> log.work();
                case 7, 8 -> {
                    if (wire != null) {
                        wire.answer(1 + random.nextInt(6), random.nextBoolean() ? 0 : random.nextInt(20));
                    }
                }
                case 9 -> {
                    if (wire != null) {
                        wire.writable(random.nextInt(3) != 0);
                    }
                }
                case 10 -> time.advance(Duration.ofMillis(random.nextInt(40)));
                case 11 -> {
                    if (random.nextInt(4) == 0) {
                        client.subscribeLater();
                    } else {
                        endTransaction(TOPICS[random.nextInt(TOPICS.length)].substring(0, 1), random.nextInt(3) != 0);
                    }
                }
                case 12 -> appendInTransaction();
                default -> {
                    if (!client.isConnected()) {
                        client.connect(loops.get(random.nextInt(loops.size())));
                    } else if (random.nextInt(3) == 0) {
                        client.lose();
                    }
                }
            }
            if (random.nextInt(3) == 0) {
                time.run();
            }
        }

        private void append(int count) {
            for (int i = 0; i < count; i++) {
                String topic = TOPICS[random.nextInt(TOPICS.length)];
                String content = topic + ":" + sequences.merge(topic, 1, Integer::sum);
                log.append(Message.of(topic, Qos.EXACTLY_ONCE, content), time.epochMillis());
                clients.stream()
                        .filter(client -> client.wants(TopicName.of(topic)))
                        .forEach(client -> owe(client, content));
            }
        }

        private void owe(SimulatedClient client, String content) {
            owed.computeIfAbsent(client, ignored -> new ArrayList<>()).add(content);
        }

        private void appendInTransaction() {
            String topic = TOPICS[random.nextInt(TOPICS.length)];
            String content = topic + ":" + sequences.merge(topic, 1, Integer::sum);
            log.appendInTransaction(Message.of(topic, Qos.EXACTLY_ONCE, content), time.epochMillis());
            uncommitted
                    .computeIfAbsent(topic.substring(0, 1), ignored -> new ArrayList<>())
                    .add(new Uncommitted(
                            content,
                            clients.stream()
                                    .filter(client -> client.wants(TopicName.of(topic)))
                                    .toList()));
        }

        private void endTransaction(String firstLevel, boolean commit) {
            if (!log.endTransaction(firstLevel, commit)) {
                return;
            }
            for (Uncommitted one : uncommitted.getOrDefault(firstLevel, List.of())) {
                if (commit) {
                    one.wantedBy().forEach(client -> owe(client, one.content()));
                } else {
                    aborted.add(one.content());
                }
            }
            uncommitted.remove(firstLevel);
        }

        /** The faults are over: everything must get through now, however slowly, as long as something does. */
        void settle() {
            List.of("a", "b", "c").forEach(partition -> endTransaction(partition, true));
            int released = 0;
            int lastProgress = 0;
            for (int i = 0; i < lastProgress + 1_000; i++) {
                log.work();
                log.poll(10);
                time.advance(Duration.ofMillis(25));
                for (SimulatedClient client : clients) {
                    if (!client.isConnected()) {
                        client.connect(loops.get(random.nextInt(loops.size())));
                    }
                    SimulatedClient.Wire wire = client.wire;
                    if (wire != null) {
                        wire.writable(true);
                        wire.answer(10);
                    }
                }
                int nowReleased = clients.stream()
                        .mapToInt(client -> client.released.size())
                        .sum();
                if (nowReleased > released) {
                    released = nowReleased;
                    lastProgress = i;
                }
                if (i % 50 == 49 && inFlight() == 0 && clients.stream().allMatch(this::isComplete)) {
                    return;
                }
            }
        }

        private double inFlight() {
            return registry.get("sluice.deliveries.inflight").gauge().value();
        }

        private boolean isComplete(SimulatedClient client) {
            return new LinkedHashSet<>(client.released).containsAll(owed.getOrDefault(client, List.of()));
        }

        void check() {
            for (SimulatedClient client : clients) {
                String who = "seed " + seed + ", " + client.clientId + " " + client.filter + " " + client.qos;
                assertThat(client.problems).as(who).isEmpty();
                assertThat(client.released)
                        .as(who + ": nothing lost")
                        .containsAll(owed.getOrDefault(client, List.of()));
                assertThat(aborted).as(who + ": nothing that was aborted").noneMatch(client.released::contains);
                if (client.qos == Qos.EXACTLY_ONCE) {
                    assertThat(client.released).as(who + ": nothing twice").doesNotHaveDuplicates();
                }
                checkOrder(who, client);
            }
            assertThat(inFlight())
                    .as("seed " + seed + ": every packet id returned")
                    .isZero();
        }

        /** First deliveries of one topic are in the order of the log [MQTT-4.6.0-6]. */
        private void checkOrder(String who, SimulatedClient client) {
            Map<String, Integer> highest = new HashMap<>();
            for (String content : new LinkedHashSet<>(client.released)) {
                String topic = content.substring(0, content.indexOf(':'));
                int sequence = Integer.parseInt(content.substring(content.indexOf(':') + 1));
                assertThat(sequence).as(who + ": order of " + topic).isGreaterThan(highest.getOrDefault(topic, 0));
                highest.put(topic, sequence);
            }
        }
    }

    private static final class NoEvents implements InMemorySessionStore.Events {
        @Override
        public void onWillDue(Message will) {}

        @Override
        public void onExpired() {}
    }
}
