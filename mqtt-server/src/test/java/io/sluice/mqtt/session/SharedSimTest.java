package io.sluice.mqtt.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.mqtt.delivery.Fanout;
import io.sluice.mqtt.fake.FakeLog;
import io.sluice.mqtt.fake.FakeTime;
import io.sluice.mqtt.message.ClientId;
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
 * Groups that share subscriptions, on three loops over a fake log in virtual time: members come, go, lose their connections
 * mid-window, unsubscribe, move between loops, and now and then another instance takes the group for a while. A failure
 * names its seed; {@code -Dseed=N} replays it, {@code -Dhistories=N} tries more.
 */
class SharedSimTest {

    private static final String[] TOPICS = {"a/1", "a/2", "b/1", "b/2", "c/1"};
    private static final String FILTER = "$share/g/#";
    private static final int CASES = 400;

    static LongStream seeds() {
        Long one = Long.getLong("seed");
        return one != null ? LongStream.of(one) : LongStream.range(0, CASES);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void eachMessageGoesToOneMemberInOrder(long first) {
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
        private final List<Loop> loops = List.of(time.loop(), time.loop(), time.loop());
        private final FakeLog log = new FakeLog();
        private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
        private final InMemorySessionStore store = new InMemorySessionStore(loops.get(0), new NoEvents());
        private final List<SimulatedClient> clients = new ArrayList<>();
        private final Qos qos;
        private final boolean isOrdered;
        private final boolean moves;
        private final List<String> released = new ArrayList<>();
        private final Set<String> owed = new LinkedHashSet<>();
        private final Set<String> aborted = new HashSet<>();
        private final Map<String, Integer> sequences = new HashMap<>();
        private final Map<String, List<String>> uncommitted = new HashMap<>();

        Simulation(long seed) {
            this.seed = seed;
            this.random = new SplittableRandom(seed);
            SubscriptionIndex<Subscription> index = new SubscriptionIndex<>();
            SessionMeters meters = new SessionMeters(registry);
            Fanout fanout = new Fanout(index, meters, 1 + random.nextInt(4), 1 + random.nextInt(20), registry);
            fanout.onRoom(log::resume);
            log.start(fanout);
            List<ShareStrategy> strategies = List.of(ShareStrategy.values());
            ShareStrategy strategy = strategies.get(random.nextInt(strategies.size()));
            isOrdered = strategy != ShareStrategy.ROUND_ROBIN;
            // Who takes a group away takes what is unacknowledged with it, which then comes again.
            moves = random.nextInt(4) == 0;
            SessionSettings settings = new SessionSettings(
                    1 + random.nextInt(6),
                    1 + random.nextInt(8),
                    20 + random.nextInt(100),
                    16 * (1 + random.nextInt(5)),
                    Duration.ofDays(1),
                    10,
                    Duration.ofMinutes(1),
                    Duration.ZERO,
                    strategy);
            SessionContext context = new SessionContext(
                    settings,
                    index,
                    log,
                    new SharedSweeps(
                            time.loop(),
                            log,
                            new SweepSettings(
                                    2 + random.nextInt(4),
                                    16 * (1 + random.nextInt(5)),
                                    random.nextInt(12),
                                    1 + random.nextInt(20),
                                    Duration.ofMillis(random.nextInt(200))),
                            fanout::tails,
                            meters,
                            registry),
                    new InMemoryRetainedStore(100, registry),
                    fanout::tails,
                    meters);
            Sessions sessions = new Sessions(store, context, loops, registry);
            qos = random.nextBoolean() ? Qos.AT_LEAST_ONCE : Qos.EXACTLY_ONCE;
            int count = 2 + random.nextInt(5);
            for (int i = 0; i < count; i++) {
                SimulatedClient client =
                        new SimulatedClient("client" + i, qos, FILTER, null, 1 + random.nextInt(5), sessions);
                // The first one stays subscribed, so that the group lives on.
                client.expirySeconds = i == 0 || random.nextBoolean() ? 3600 : 0;
                client.onReleased = released::add;
                clients.add(client);
            }
        }

        void step() {
            SimulatedClient client = clients.get(random.nextInt(clients.size()));
            SimulatedClient.Wire wire = client.wire;
            switch (random.nextInt(15)) {
                case 0, 1, 2 -> append(1 + random.nextInt(4));
                case 3 -> log.appendHole(partition());
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
                case 11 -> endTransaction(partition(), random.nextInt(3) != 0);
                case 12 -> appendInTransaction();
                case 13 -> changeMind(client);
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

        private void changeMind(SimulatedClient client) {
            if (client == clients.get(0)) {
                if (moves && random.nextInt(3) == 0) {
                    takeTheGroupForAMoment();
                }
            } else if (client.subscribed && random.nextInt(3) == 0) {
                client.unsubscribe();
            } else {
                client.subscribeAgain();
            }
        }

        /** As another instance does that has a member of it, too. */
        private void takeTheGroupForAMoment() {
            if (clients.get(0).subscribed) {
                store.claim(new ClientId(FILTER), () -> {})
                        .subscribe(claim -> loops.get(1).execute(() -> claim.release(claim.state())));
            }
        }

        private String partition() {
            return TOPICS[random.nextInt(TOPICS.length)].substring(0, 1);
        }

        private String next(String topic) {
            return topic + ":" + sequences.merge(topic, 1, Integer::sum);
        }

        private void append(int count) {
            for (int i = 0; i < count; i++) {
                String topic = TOPICS[random.nextInt(TOPICS.length)];
                String content = next(topic);
                log.append(Message.of(topic, Qos.EXACTLY_ONCE, content), time.epochMillis());
                if (clients.get(0).wants(TopicName.of(topic))) {
                    owed.add(content);
                }
            }
        }

        private void appendInTransaction() {
            String topic = TOPICS[random.nextInt(TOPICS.length)];
            String content = next(topic);
            log.appendInTransaction(Message.of(topic, Qos.EXACTLY_ONCE, content), time.epochMillis());
            uncommitted
                    .computeIfAbsent(topic.substring(0, 1), ignored -> new ArrayList<>())
                    .add((clients.get(0).wants(TopicName.of(topic)) ? "+" : "-") + content);
        }

        private void endTransaction(String firstLevel, boolean commit) {
            if (!log.endTransaction(firstLevel, commit)) {
                return;
            }
            for (String one : uncommitted.getOrDefault(firstLevel, List.of())) {
                if (!commit) {
                    aborted.add(one.substring(1));
                } else if (one.startsWith("+")) {
                    owed.add(one.substring(1));
                }
            }
            uncommitted.remove(firstLevel);
        }

        void settle() {
            List.of("a", "b", "c").forEach(partition -> endTransaction(partition, true));
            int before = 0;
            int lastProgress = 0;
            for (int i = 0; i < lastProgress + 1_500; i++) {
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
                if (released.size() > before) {
                    before = released.size();
                    lastProgress = i;
                }
                if (i % 50 == 49
                        && gauge("sluice.deliveries.inflight") == 0
                        && new HashSet<>(released).containsAll(owed)
                        && gauge("sluice.shared.unfinished") == 0) {
                    return;
                }
            }
        }

        private double gauge(String name) {
            return registry.get(name).gauge().value();
        }

        void check() {
            String who = "seed " + seed + ", QoS " + qos + (moves ? ", moves" : "");
            clients.forEach(client ->
                    assertThat(client.problems).as(who + ", " + client.clientId).isEmpty());
            assertThat(released).as(who + ": nothing lost").containsAll(owed);
            assertThat(aborted).as(who + ": nothing that was aborted").noneMatch(released::contains);
            if (qos == Qos.EXACTLY_ONCE && !moves) {
                assertThat(released).as(who + ": nothing twice").doesNotHaveDuplicates();
            }
            // At QoS 2 what a client has a packet id for stays with it [MQTT-4.8.2-4], while others get what follows.
            if (isOrdered && !moves && qos == Qos.AT_LEAST_ONCE) {
                checkOrder(who);
            }
            assertThat(gauge("sluice.deliveries.inflight"))
                    .as(who + ": every packet id returned")
                    .isZero();
            assertThat(gauge("sluice.shared.unfinished"))
                    .as(who + ": all finished")
                    .isZero();
            assertThat(gauge("sluice.shared.waiting")).as(who + ": none waits").isZero();
        }

        /** Whoever gets it: first deliveries of one topic are in the order of the log. */
        private void checkOrder(String who) {
            Map<String, Integer> highest = new HashMap<>();
            for (String content : new LinkedHashSet<>(released)) {
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
