package io.sluice.mqtt.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.Channel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.sluice.mqtt.auth.Action;
import io.sluice.mqtt.auth.AuthOutcome;
import io.sluice.mqtt.auth.Authenticator;
import io.sluice.mqtt.auth.Authorizer;
import io.sluice.mqtt.auth.Credentials;
import io.sluice.mqtt.auth.Decision;
import io.sluice.mqtt.auth.EnhancedExchange;
import io.sluice.mqtt.auth.Permissions;
import io.sluice.mqtt.auth.Principal;
import io.sluice.mqtt.codec.PacketDecoder;
import io.sluice.mqtt.codec.PacketEncoder;
import io.sluice.mqtt.codec.PacketLimits;
import io.sluice.mqtt.connection.Capabilities;
import io.sluice.mqtt.connection.ConnectionSettings;
import io.sluice.mqtt.connection.Connections;
import io.sluice.mqtt.delivery.Fanout;
import io.sluice.mqtt.fake.FakeLog;
import io.sluice.mqtt.fake.FakeTime;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.port.EpochClock;
import io.sluice.mqtt.router.PublishRouter;
import io.sluice.mqtt.router.RetainedOnTheirWay;
import io.sluice.mqtt.session.SessionContext;
import io.sluice.mqtt.session.SessionMeters;
import io.sluice.mqtt.session.SessionSettings;
import io.sluice.mqtt.session.Sessions;
import io.sluice.mqtt.store.InMemoryRetainedStore;
import io.sluice.mqtt.store.InMemorySessionStore;
import io.sluice.mqtt.subscription.Subscription;
import io.sluice.mqtt.subscription.SubscriptionIndex;
import io.sluice.mqtt.sweep.SharedSweeps;
import io.sluice.mqtt.sweep.SweepSettings;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A server over a fake log in virtual time, with the pipeline of real connections, and a few clients of it. Everything is
 * by one seed. Confined to its thread.
 */
final class FuzzWorld {

    /** Many are steps in which a client waits. */
    private static final long STEPS_FOR_A_PACKET = 100;

    static final int RECEIVE_MAXIMUM = 8;
    static final int USER_PROPERTIES_MAX = 5;
    static final int FILTERS_MAX = 5;

    private static final int PACKET_BYTES_MAX = 4_096;
    static final int UNAUTHENTICATED_BYTES_MAX = 3_000;
    private static final Set<String> REFUSALS =
            Set.of("protocol_error", "packet_too_large", "receive_maximum", "limit");
    private static final String LISTENER = "fuzz";
    private static final int QUIET_AFTER = 10_000;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final SplittableRandom random;
    private final FakeTime time = new FakeTime();
    private final MockTicker ticker = Ticker.newMockTicker();
    private final FakeLog log = new FakeLog();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    /** Of those that were sent away for what they sent. */
    private final List<Counter> refusals = new ArrayList<>();

    private final FuzzIngress ingress;
    private final SubscriptionIndex<Subscription> index = new SubscriptionIndex<>();
    private final Connections connections;
    private final List<FuzzChannel> channels = new ArrayList<>();
    private final List<FuzzClient> clients = new ArrayList<>();
    private long packets;
    private int offenders;
    private long stalledNanos;

    FuzzWorld(long seed, int clientCount) {
        random = new SplittableRandom(seed);
        registry.config().onMeterAdded(this::onMeterAdded);
        ingress = new FuzzIngress(log, random.split(), time::epochMillis);
        SessionMeters meters = new SessionMeters(registry);
        Fanout fanout = new Fanout(index, meters, 4, 20, registry);
        fanout.onRoom(log::resume);
        log.start(fanout);
        RetainedOnTheirWay retained = new RetainedOnTheirWay(new InMemoryRetainedStore(5, registry));
        SessionContext context = new SessionContext(
                new SessionSettings(4, 6, 1_000, 64, Duration.ofSeconds(60), 6, Duration.ofSeconds(10)),
                index,
                log,
                new SharedSweeps(
                        time.loop(),
                        log,
                        new SweepSettings(3, 64, 6, 10, Duration.ofMillis(100)),
                        fanout::tails,
                        meters,
                        registry),
                retained,
                fanout::tails,
                meters);
        Sessions sessions = new Sessions(
                new InMemorySessionStore(time.loop(), new Events()), context, List.of(time.loop()), registry);
        connections = new Connections(
                settings(),
                sessions,
                new PublishRouter(ingress, retained),
                authorizer(),
                () -> "assigned-" + random.nextInt(1_000_000),
                registry,
                new EpochClock() {
                    @Override
                    public long earliestMillis() {
                        return time.epochMillis();
                    }

                    @Override
                    public long latestMillis() {
                        return time.epochMillis();
                    }
                });
        connections.register(LISTENER, 1_000, new EchoAuthenticator(), "none");
        for (int i = 0; i < clientCount; i++) {
            clients.add(new FuzzClient(this, random.split()));
        }
    }

    private static ConnectionSettings settings() {
        return new ConnectionSettings(
                1_000,
                0,
                Duration.ofSeconds(10),
                PACKET_BYTES_MAX,
                RECEIVE_MAXIMUM,
                LegalPackets.TOPIC_ALIAS_MAX,
                0,
                Duration.ofMinutes(1),
                Duration.ofSeconds(30),
                10,
                true,
                true,
                ConnectionSettings.DeniedPublish.DROP,
                Capabilities.ALL,
                ConnectionSettings.ClientRate.NONE);
    }

    private final class Events implements InMemorySessionStore.Events {
        @Override
        public void onWillDue(Message will) {
            log.append(will, time.epochMillis());
        }

        @Override
        public void onExpired() {}
    }

    private static final class EchoAuthenticator implements Authenticator {
        @Override
        public Mono<AuthOutcome> authenticate(Credentials credentials) {
            return Mono.just(AuthOutcome.accepted(Principal.ANONYMOUS));
        }

        @Override
        public @Nullable EnhancedExchange exchange(String method, Credentials credentials) {
            return method.equals(LegalPackets.AUTHENTICATION_METHOD) ? new Echo() : null;
        }
    }

    /** One question, and whatever is answered is right. */
    private static final class Echo implements EnhancedExchange {
        private boolean asked;

        @Override
        public Mono<AuthOutcome> step(@Nullable Payload data) {
            if (asked) {
                return Mono.just(AuthOutcome.accepted(Principal.ANONYMOUS));
            }
            asked = true;
            return Mono.just(new AuthOutcome.Continue(Payload.wrap(new byte[] {1})));
        }
    }

    private static Authorizer authorizer() {
        return client -> new Permissions() {
            @Override
            public Decision publish(TopicName topicName, boolean retain) {
                return decision(!topicName.value().startsWith("denied"), Action.PUBLISH);
            }

            @Override
            public Decision will(TopicName topicName, boolean retain) {
                return decision(true, Action.WILL);
            }

            @Override
            public Decision subscribe(TopicFilter filter) {
                return decision(!filter.value().startsWith("denied"), Action.SUBSCRIBE);
            }

            private Decision decision(boolean allowed, Action action) {
                return new Decision(allowed, action, "fuzz");
            }
        };
    }

    /** A new connection to the server. */
    FuzzChannel open() throws Exception {
        FuzzChannel channel = FuzzChannel.open(ticker, this::build);
        channels.add(channel);
        return channel;
    }

    private void build(Channel channel) {
        PacketLimits limits =
                new PacketLimits(PACKET_BYTES_MAX, UNAUTHENTICATED_BYTES_MAX, 64, USER_PROPERTIES_MAX, FILTERS_MAX, 10);
        channel.pipeline().addLast(PacketDecoder.NAME, new PacketDecoder(limits));
        channel.pipeline().addLast(PacketEncoder.NAME, new PacketEncoder());
        connections.init(channel, LISTENER);
    }

    void close(FuzzChannel channel) {
        channel.close();
        channel.runPendingTasks();
        // What was on its way to it.
        channel.releaseOutbound();
    }

    void count() {
        packets++;
    }

    /** A client has sent what it must not. */
    void offended() {
        offenders++;
    }

    long cpuNanos() {
        return THREADS.getCurrentThreadCpuTime();
    }

    /** So long a loop did one thing. */
    void stalled(long nanos) {
        stalledNanos = Math.max(stalledNanos, nanos);
    }

    long stalledNanos() {
        return stalledNanos;
    }

    /** Lets the clients send so many packets, and checks that all is well then. Returns how many it were. */
    long run(long packetsMax) throws Exception {
        for (long steps = 0; packets < packetsMax; steps++) {
            if (steps > STEPS_FOR_A_PACKET * packetsMax) {
                throw new AssertionError("nobody gets to send: " + packets + " packets in " + steps + " steps");
            }
            clients.get(random.nextInt(clients.size())).step();
            surroundings();
        }
        for (FuzzClient client : clients) {
            client.assertAlive();
        }
        clients.forEach(FuzzClient::hangUp);
        settle();
        advance(Duration.ofMinutes(5));
        settle();
        check();
        return packets;
    }

    private void surroundings() {
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> ingress.work(1 + random.nextInt(10));
            case 3 -> log.work();
            case 4, 5 -> log.poll(1 + random.nextInt(5));
            case 6 -> advance(Duration.ofMillis(random.nextInt(200)));
            case 7 -> {
                if (random.nextInt(50) == 0) {
                    connections.recheck();
                }
                if (random.nextInt(50) == 0) {
                    advance(Duration.ofSeconds(20));
                }
            }
            default -> runTasks();
        }
    }

    private void runTasks() {
        time.run();
        for (FuzzChannel channel : channels) {
            channel.runPendingTasks();
        }
        forgetTheGone();
    }

    /** A channel that is closed and has no tasks is asked again only when the log hands something to its loop. */
    private void forgetTheGone() {
        if (channels.size() > 16) {
            channels.removeIf(channel -> !channel.isOpen() && !channel.hasPendingTasks());
        }
    }

    private void advance(Duration duration) {
        ticker.advance(duration.toNanos(), TimeUnit.NANOSECONDS);
        time.advance(duration);
        for (FuzzChannel channel : channels) {
            channel.runScheduledPendingTasks();
        }
        runTasks();
    }

    /** Until nothing waits: what the log is asked for, what it has, what it answers. */
    void settle() {
        for (int i = 0; i < QUIET_AFTER; i++) {
            runTasks();
            boolean worked = ingress.work(100);
            worked |= log.work();
            worked |= log.poll(50);
            runTasks();
            if (!worked && channels.stream().noneMatch(FuzzChannel::hasPendingTasks)) {
                return;
            }
        }
        throw new AssertionError("something goes on for ever");
    }

    private void check() {
        assertThat(connections.size()).as("connections").isZero();
        assertThat(value("sluice.connections")).as("clients").isZero();
        assertThat(value("sluice.connections.paused")).as("paused").isZero();
        assertThat(value("sluice.sessions")).as("sessions").isZero();
        assertThat(value("sluice.subscriptions")).as("subscriptions").isZero();
        assertThat(value("sluice.deliveries.inflight")).as("in flight").isZero();
        assertThat(index.size()).as("index").isZero();
        assertThat(log.tailed()).as("partitions that are read").isZero();
        assertThat(ingress.openLanes()).as("lanes").isZero();
        assertThat(value("sluice.connections.closed", "reason", "internal"))
                .as("bugs")
                .isZero();
        assertThat(refused()).as("refused connections, of %s", offenders).isLessThanOrEqualTo(offenders);
    }

    private void onMeterAdded(Meter meter) {
        String name = meter.getId().getName();
        String reason = meter.getId().getTag("reason");
        // Who lets the rest of CONNECT wait too long has done nothing that is not allowed.
        boolean refused = (name.equals("sluice.connects.rejected") && !"connect_timeout".equals(reason))
                || (name.equals("sluice.connections.closed") && REFUSALS.contains(reason));
        if (refused) {
            refusals.add((Counter) meter);
        }
    }

    /** How many connections were ended, or never begun, for what came on them. */
    double refused() {
        double sum = 0;
        for (Counter refusal : refusals) {
            sum += refusal.count();
        }
        return sum;
    }

    private double value(String name, String... tags) {
        double sum = 0;
        for (Meter meter : registry.find(name).tags(tags).meters()) {
            sum += meter.measure().iterator().next().getValue();
        }
        return sum;
    }
}
