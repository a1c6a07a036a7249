package io.sluice.mqtt.connection;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.sluice.mqtt.auth.Authenticator;
import io.sluice.mqtt.codec.PacketEncoder;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.router.PublishRouter;
import io.sluice.mqtt.session.Sessions;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import reactor.netty.NettyPipeline;

/** Makes the connections of all listeners, and knows those that are open. Safe for all threads. */
public final class Connections {

    private final ConnectionSettings settings;
    private final Sessions sessions;
    private final PublishRouter router;
    private final Authenticator authenticator;
    private final Supplier<String> clientIds;
    private final MeterRegistry registry;
    private final Clock clock;
    private final Map<EventLoop, NettyLoop> loops = new ConcurrentHashMap<>();
    private final Map<String, ListenerCount> listeners = new ConcurrentHashMap<>();
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;

    /**
     * @param clientIds makes the ids of clients that bring none [MQTT-3.1.3-6]: unique over all instances
     * @param clock wall-clock time, for expiry
     */
    public Connections(
            ConnectionSettings settings,
            Sessions sessions,
            PublishRouter router,
            Authenticator authenticator,
            Supplier<String> clientIds,
            MeterRegistry registry,
            Clock clock) {
        this.settings = settings;
        this.sessions = sessions;
        this.router = router;
        this.authenticator = authenticator;
        this.clientIds = clientIds;
        this.registry = registry;
        this.clock = clock;
    }

    /** A listener's connections, those whose CONNECT was not accepted included. */
    private static final class ListenerCount {
        final ConnectionMeters meters;
        final int connectionsMax;
        final AtomicInteger open = new AtomicInteger();

        ListenerCount(ConnectionMeters meters, int connectionsMax) {
            this.meters = meters;
            this.connectionsMax = connectionsMax;
        }
    }

    /**
     * Registers a listener, so that all its series exist before its first client.
     *
     * @param connectionsMax its own limit of connections; the instance's holds besides
     */
    public void register(String listener, int connectionsMax) {
        int max = Math.min(connectionsMax, settings.connectionsMax());
        listeners.computeIfAbsent(listener, name -> {
            Gauge.builder("sluice.connections.limit", () -> max)
                    .description("Most connections allowed")
                    .tag("listener", name)
                    .register(registry);
            return new ListenerCount(new ConnectionMeters(registry, name), max);
        });
    }

    /** Makes the connection of a new channel whose pipeline ends with the packet codec. On the channel's loop. */
    public void init(Channel channel, String listener) {
        ListenerCount count = listener(listener);
        channel.pipeline().addFirst(ByteCounter.NAME, new ByteCounter(count.meters));
        Connection connection = new Connection(
                channel,
                loop(channel.eventLoop()),
                channel.pipeline().get(PacketEncoder.class),
                new ConnectionContext(settings, sessions, router, authenticator, clientIds, listener, this),
                count.meters);
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
        if (count.open.incrementAndGet() > count.connectionsMax || open.size() >= settings.connectionsMax()) {
            count.open.decrementAndGet();
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

    boolean isDraining() {
        return draining;
    }

    /** How many are open, whether or not their CONNECT was accepted. */
    public int size() {
        return open.size();
    }

    /** Sends everybody away, and accepts nobody any more. Any thread. */
    public void drain() {
        draining = true;
        open.forEach(Connection::drain);
    }
}
