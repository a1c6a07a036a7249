package io.sluice.mqtt.spec;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.DefaultEventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.sluice.mqtt.connection.Capabilities;
import io.sluice.mqtt.connection.ConnectionSettings;
import io.sluice.mqtt.connection.Connections;
import io.sluice.mqtt.connection.NettyLoop;
import io.sluice.mqtt.delivery.Fanout;
import io.sluice.mqtt.fake.FakeLog;
import io.sluice.mqtt.listener.Listener;
import io.sluice.mqtt.listener.ListenerSettings;
import io.sluice.mqtt.message.Message;
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
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.netty.resources.LoopResources;

/** A server with everything but Kafka: log and stores are in memory. Many tests share one, with names of their own. */
final class SpecServer implements AutoCloseable {

    static final int RECEIVE_MAXIMUM = 20;
    static final int TOPIC_ALIAS_MAXIMUM = 16;
    static final int PACKET_SIZE_MAX = 80_000;
    static final int CLIENT_ID_BYTES_MAX = 256;
    static final int SUBSCRIPTIONS_MAX = 120;

    /** What most tests run against: everything is available. */
    static final ConnectionSettings SETTINGS = settings(0, true, true, ConnectionSettings.DeniedPublish.DISCONNECT);

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final AtomicInteger NAMES = new AtomicInteger();

    private final TestClock clock = new TestClock();
    private final LiveLog log = new LiveLog(clock::earliestMillis);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final RetainedOnTheirWay retained = new RetainedOnTheirWay(new InMemoryRetainedStore(20_000, registry));
    private final LoopResources loops = LoopResources.create("loop", 1, 2, true);
    private final DefaultEventLoop background = new DefaultEventLoop(new DefaultThreadFactory("background", true));
    private final Connections connections;
    private final int tcpPort;
    private final int webSocketPort;

    SpecServer(ConnectionSettings settings) {
        NettyLoop backgroundLoop = new NettyLoop(background, clock);
        SubscriptionIndex<Subscription> index = new SubscriptionIndex<>();
        SessionMeters meters = new SessionMeters(registry);
        Fanout fanout = new Fanout(index, meters, 64, registry);
        fanout.onRoom(log::resume);
        log.start(fanout);
        Sessions sessions = new Sessions(
                new InMemorySessionStore(backgroundLoop, new Events()),
                new SessionContext(
                        new SessionSettings(
                                8,
                                16,
                                1 << 20,
                                256 << 10,
                                Duration.ofDays(7),
                                SUBSCRIPTIONS_MAX,
                                Duration.ofMinutes(1)),
                        index,
                        log,
                        new SharedSweeps(backgroundLoop, log, SweepSettings.DEFAULTS, fanout::tails, meters, registry),
                        retained,
                        fanout::tails,
                        meters),
                List.of(backgroundLoop),
                registry);
        TestAccess access = new TestAccess();
        AtomicInteger assigned = new AtomicInteger();
        connections = new Connections(
                settings,
                sessions,
                new PublishRouter(log, retained),
                access,
                () -> "assigned-" + assigned.incrementAndGet(),
                registry,
                clock);
        tcpPort = bind("tcp", ListenerSettings.Type.TCP, access);
        webSocketPort = bind("ws", ListenerSettings.Type.WS, access);
    }

    static ConnectionSettings settings(
            int keepAliveSecondsMax,
            boolean retainAvailable,
            boolean wildcardAvailable,
            ConnectionSettings.DeniedPublish deniedPublish) {
        return new ConnectionSettings(
                1_000,
                0,
                Duration.ofSeconds(10),
                PACKET_SIZE_MAX,
                RECEIVE_MAXIMUM,
                TOPIC_ALIAS_MAXIMUM,
                keepAliveSecondsMax,
                Duration.ofMinutes(1),
                Duration.ofMinutes(5),
                128,
                retainAvailable,
                wildcardAvailable,
                deniedPublish,
                Capabilities.ALL,
                ConnectionSettings.ClientRate.NONE);
    }

    private final class Events implements InMemorySessionStore.Events {
        @Override
        public void onWillDue(Message will) {
            long offset = log.append(will);
            if (will.retain()) {
                retained.put(will, FakeLog.partition(will.topicName().levels()[0]), offset)
                        .subscribe();
            }
        }

        @Override
        public void onExpired() {
            // Seen by the client that comes back.
        }
    }

    private int bind(String name, ListenerSettings.Type type, TestAccess access) {
        connections.register(name, 1_000, access, "test");
        InetSocketAddress address = new Listener(
                        ListenerSettings.of(name, type, "127.0.0.1", 0, PACKET_SIZE_MAX, CLIENT_ID_BYTES_MAX),
                        loops,
                        (channel, settings) -> connections.init(channel, settings.name()))
                .start()
                .block(TIMEOUT);
        if (address == null) {
            throw new IllegalStateException(name + " is not bound");
        }
        return address.getPort();
    }

    int tcpPort() {
        return tcpPort;
    }

    int webSocketPort() {
        return webSocketPort;
    }

    /** The time by which things expire. */
    TestClock clock() {
        return clock;
    }

    LiveLog log() {
        return log;
    }

    /** A name that nobody else has. */
    static String unique(String prefix) {
        return prefix + NAMES.incrementAndGet();
    }

    @Override
    public void close() {
        loops.disposeLater(Duration.ZERO, TIMEOUT).block(TIMEOUT);
        background
                .shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS)
                .syncUninterruptibly();
        log.close();
        registry.close();
    }
}
