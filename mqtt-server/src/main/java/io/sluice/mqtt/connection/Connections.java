package io.sluice.mqtt.connection;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.sluice.mqtt.auth.Authenticator;
import io.sluice.mqtt.auth.Authorizer;
import io.sluice.mqtt.message.ReasonCode;
import io.sluice.mqtt.port.EpochClock;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.router.PublishRouter;
import io.sluice.mqtt.session.Sessions;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.netty.NettyPipeline;

/** Makes the connections of all listeners, and knows those that are open. Safe for all threads. */
public final class Connections {

    private final Sessions sessions;
    private final PublishRouter router;
    private final Authorizer authorizer;
    private final AccessMeters accessMeters;
    private final Supplier<String> clientIds;
    private final MeterRegistry registry;
    private final EpochClock clock;
    private final Map<EventLoop, NettyLoop> loops = new ConcurrentHashMap<>();
    private final Map<EventLoop, Turns> turns = new ConcurrentHashMap<>();
    private final Map<String, ListenerCount> listeners = new ConcurrentHashMap<>();
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger rechecks = new AtomicInteger();
    private final AddressCounts addresses = new AddressCounts();
    private final LimitLog limitLog = new LimitLog(System::nanoTime);
    private volatile ConnectionSettings settings;
    private volatile boolean draining;

    /**
     * @param authorizer the rules for all of them
     * @param clientIds makes the ids of clients that bring none [MQTT-3.1.3-6]: unique over all instances
     * @param clock for expiry
     */
    public Connections(
            ConnectionSettings settings,
            Sessions sessions,
            PublishRouter router,
            Authorizer authorizer,
            Supplier<String> clientIds,
            MeterRegistry registry,
            EpochClock clock) {
        this.settings = settings;
        this.sessions = sessions;
        this.router = router;
        this.authorizer = authorizer;
        this.accessMeters = new AccessMeters(registry, System::nanoTime);
        this.clientIds = clientIds;
        this.registry = registry;
        this.clock = clock;
        Gauge.builder("sluice.connections.per.address", addresses, AddressCounts::highest)
                .description("The most connections that there are from one address")
                .register(registry);
        Gauge.builder("sluice.connections.per.address.limit", this, self -> self.settings.connectionsPerAddressMax())
                .description("Most connections from one address; 0 for any number")
                .register(registry);
    }

    /** What is granted now. */
    ConnectionSettings settings() {
        return settings;
    }

    /**
     * Puts other limits in force, for those who are connected, too, but for the number of them: who is there stays. What
     * CONNACK has announced must not be another.
     *
     * @param next what is granted from now on
     * @param ofListeners most connections of each listener, by its name
     */
    public void limit(ConnectionSettings next, Map<String, Integer> ofListeners) {
        settings = next;
        ofListeners.forEach((name, max) -> listener(name).connectionsMax = max);
        open.forEach(Connection::onLimitsChanged);
    }

    /** A listener's connections, those whose CONNECT was not accepted included. */
    private static final class ListenerCount {
        final ConnectionMeters meters;
        volatile int connectionsMax;
        final Authenticator authenticator;
        final Offences offences;
        final AtomicInteger open = new AtomicInteger();

        ListenerCount(ConnectionMeters meters, int connectionsMax, Authenticator authenticator, Offences offences) {
            this.meters = meters;
            this.offences = offences;
            this.connectionsMax = connectionsMax;
            this.authenticator = authenticator;
        }
    }

    /**
     * Registers a listener, so that all its series exist before its first client.
     *
     * @param connectionsMax its own limit of connections; the instance's holds besides
     * @param authenticator who may come in by it
     * @param method what it is called in metrics
     */
    public void register(String listener, int connectionsMax, Authenticator authenticator, String method) {
        listeners.computeIfAbsent(listener, name -> {
            ListenerCount count = new ListenerCount(
                    new ConnectionMeters(registry, name, method), connectionsMax, authenticator, new Offences(name));
            Gauge.builder("sluice.connections.limit", () -> Math.min(count.connectionsMax, settings.connectionsMax()))
                    .description("Most connections allowed")
                    .tag("listener", name)
                    .register(registry);
            return count;
        });
    }

    /** Makes the connection of a new channel whose pipeline ends with the packet codec. On the channel's loop. */
    public void init(Channel channel, String listener) {
        ListenerCount count = listener(listener);
        channel.pipeline().addFirst(ByteCounter.NAME, new ByteCounter(count.meters));
        Connection connection = new Connection(
                channel,
                loop(channel.eventLoop()),
                turns.computeIfAbsent(channel.eventLoop(), eventLoop -> new Turns(loop(eventLoop))),
                new ConnectionContext(
                        sessions,
                        router,
                        count.authenticator,
                        authorizer,
                        clientIds,
                        listener,
                        count.meters,
                        count.offences,
                        accessMeters,
                        this));
        ConnectionHandler handler = new ConnectionHandler(connection);
        if (channel.pipeline().get(NettyPipeline.ReactiveBridge) == null) {
            channel.pipeline().addLast(ConnectionHandler.NAME, handler);
        } else {
            // Before the bridge by which Reactor Netty would take the packets.
            channel.pipeline().addBefore(NettyPipeline.ReactiveBridge, ConnectionHandler.NAME, handler);
        }
    }

    /** The loop that stands for this event loop: always the same one. */
    public Loop loop(EventLoop eventLoop) {
        return loops.computeIfAbsent(eventLoop, key -> new NettyLoop(key, clock));
    }

    private ListenerCount listener(String listener) {
        ListenerCount count = listeners.get(listener);
        if (count == null) {
            throw new IllegalStateException("listener \"" + listener + "\" is not registered");
        }
        return count;
    }

    /** Admits a connection to those that are open, up to the limits. */
    boolean admit(Connection connection, String listener) {
        ListenerCount count = listener(listener);
        boolean isListenerFull = count.open.incrementAndGet() > count.connectionsMax;
        if (isListenerFull || open.size() >= settings.connectionsMax()) {
            count.open.decrementAndGet();
            limitLog.reached(
                    isListenerFull ? LimitLog.Limit.LISTENER_CONNECTIONS : LimitLog.Limit.CONNECTIONS,
                    listener,
                    connection.peer());
            return false;
        }
        open.add(connection);
        return true;
    }

    void remove(Connection connection, String listener) {
        if (open.remove(connection)) {
            listener(listener).open.decrementAndGet();
        }
    }

    /** Counts a connection for its address, up to the limit; {@link #leave} takes it back. */
    boolean enter(InetAddress address, String listener) {
        boolean isEntered = addresses.enter(address, settings.connectionsPerAddressMax());
        if (!isEntered) {
            limitLog.reached(LimitLog.Limit.CONNECTIONS_PER_ADDRESS, listener, address.getHostAddress());
        }
        return isEntered;
    }

    void leave(InetAddress address) {
        addresses.leave(address);
    }

    LimitLog limitLog() {
        return limitLog;
    }

    /** How many are open, whether or not their CONNECT was accepted. */
    public int size() {
        return open.size();
    }

    /**
     * The rules, or who is welcome, have changed: every client is asked for anew. Subscriptions that are not allowed any
     * more end, and who is not welcome any more is sent away.
     */
    public void recheck() {
        rechecks.incrementAndGet();
        open.forEach(Connection::recheck);
    }

    /** How often rules or users have changed. */
    int recheckCount() {
        return rechecks.get();
    }

    /** Whether a CONNECT comes too late. */
    boolean isDraining() {
        return draining;
    }

    /**
     * Sends everybody away, so many at a time that those who take them are not overrun. To be called when the listeners
     * accept no more.
     *
     * @param perSecond how many in a second
     * @param reasonCode what MQTT 5 clients are told: {@link ReasonCode#USE_ANOTHER_SERVER} where there is one
     * @return completes, on the loop, when the last one is told; they are gone when {@link #size()} is 0
     */
    public Mono<Void> drain(int perSecond, ReasonCode reasonCode, Loop pacedBy) {
        return Mono.create(sink -> {
            draining = true;
            List<Runnable> goodbyes = new ArrayList<>();
            open.forEach(connection -> goodbyes.add(() -> connection.drain(reasonCode)));
            Drain drain = new Drain(pacedBy, perSecond, goodbyes.iterator(), sink::success);
            sink.onCancel(drain::cancel);
            pacedBy.execute(drain::next);
        });
    }
}
