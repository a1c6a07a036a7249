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
    private final Map<String, ConnectionMeters> meters = new ConcurrentHashMap<>();
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

    /** Registers a listener's meters, so that all its series exist before its first client. */
    public void register(String listener) {
        meters.computeIfAbsent(listener, name -> {
            Gauge.builder("sluice.connections.limit", () -> settings.connectionsMax())
                    .description("Most connections allowed")
                    .tag("listener", name)
                    .register(registry);
            return new ConnectionMeters(registry, name);
        });
    }

    /** Makes the connection of a new channel whose pipeline ends with the packet codec. On the channel's loop. */
    public void init(Channel channel, String listener) {
        ConnectionMeters listenerMeters = meters.get(listener);
        if (listenerMeters == null) {
            throw new IllegalStateException("listener \"" + listener + "\" is not registered");
        }
        channel.pipeline().addFirst(ByteCounter.NAME, new ByteCounter(listenerMeters));
        Connection connection = new Connection(
                channel,
                loop(channel.eventLoop()),
                channel.pipeline().get(PacketEncoder.class),
                new ConnectionContext(settings, sessions, router, authenticator, clientIds, this),
                listenerMeters);
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

    /** Admits a connection to those that are open, up to their limit. */
    boolean admit(Connection connection) {
        if (open.size() >= settings.connectionsMax()) {
            return false;
        }
        open.add(connection);
        return true;
    }

    void remove(Connection connection) {
        open.remove(connection);
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
