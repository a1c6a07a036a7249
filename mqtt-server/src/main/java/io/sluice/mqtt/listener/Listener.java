package io.sluice.mqtt.listener;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpServer;

/**
 * Listens on one address and hands each connection to the {@link ConnectionInitializer}. Safe for all threads.
 *
 * <p>Reactor Netty binds, accepts and counts. It does not see what is sent or received: the connection's handler stands
 * before its bridge and takes everything, so that on one connection there is plain code on its loop. Reactor Netty's
 * metrics stay off, since they have a series for each remote address.
 */
public final class Listener {

    private static final Logger log = LoggerFactory.getLogger(Listener.class);

    private final ListenerSettings settings;
    private final LoopResources loops;
    private final @Nullable TlsListener tls;
    private final ConnectionInitializer connections;
    private final Pipeline pipeline;
    private final @Nullable AcceptBrake brake;
    private final AtomicReference<DisposableServer> server = new AtomicReference<>();

    /**
     * @param loops shared by all listeners, and closed by whoever made them
     * @param connections makes the connections of this listener
     */
    public Listener(ListenerSettings settings, LoopResources loops, ConnectionInitializer connections) {
        this(settings, null, loops, connections, null);
    }

    /**
     * @param tls for types with TLS, else null
     * @param loops shared by all listeners, and closed by whoever made them
     * @param connections makes the connections of this listener
     */
    public Listener(
            ListenerSettings settings,
            @Nullable TlsListener tls,
            LoopResources loops,
            ConnectionInitializer connections) {
        this(settings, tls, loops, connections, null);
    }

    private Listener(
            ListenerSettings settings,
            @Nullable TlsListener tls,
            LoopResources loops,
            ConnectionInitializer connections,
            @Nullable AcceptBrake brake) {
        if (settings.type().isTls() != (tls != null)) {
            throw new IllegalArgumentException("listener " + settings.name() + ": TLS for " + settings.type()
                    + (tls == null ? " is missing" : " (expected: none)"));
        }
        this.settings = settings;
        this.loops = loops;
        this.tls = tls;
        this.connections = connections;
        this.brake = brake;
        this.pipeline = new Pipeline(settings, tls, connections);
    }

    /** The same, which accepts no faster than that. Before it is started. */
    public Listener withRate(ConnectRate rate, MeterRegistry registry) {
        return new Listener(
                settings, tls, loops, connections, new AcceptBrake(settings.name(), rate, System::nanoTime, registry));
    }

    public ListenerSettings settings() {
        return settings;
    }

    /** Binds; completes with the bound address on a loop, or fails with the reason why it could not. Once. */
    public Mono<InetSocketAddress> start() {
        return tcpServer().bind().cast(DisposableServer.class).map(bound -> {
            server.set(bound);
            if (brake != null) {
                bound.channel().pipeline().addFirst(brake);
            }
            InetSocketAddress address = (InetSocketAddress) bound.address();
            log.atInfo()
                    .addKeyValue("listener", settings.name())
                    .addKeyValue("address", address)
                    .log("Listening");
            return address;
        });
    }

    /** Whether it accepts connections. Any thread. */
    public boolean isListening() {
        DisposableServer bound = server.get();
        return bound != null && !bound.isDisposed();
    }

    /** Stops accepting. Connections live on: they are drained by those who know why. Does nothing when not started. */
    public Mono<Void> close() {
        return Mono.defer(() -> {
            DisposableServer bound = server.getAndSet(null);
            if (bound == null) {
                return Mono.empty();
            }
            bound.dispose();
            return bound.onDispose();
        });
    }

    private TcpServer tcpServer() {
        return TcpServer.create()
                .runOn(loops)
                .bindAddress(() -> new InetSocketAddress(settings.host(), settings.port()))
                .option(ChannelOption.SO_BACKLOG, settings.backlogMax())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(settings.writeBufferBytesLow(), settings.writeBufferBytesHigh()))
                .doOnChannelInit((observer, channel, remoteAddress) -> pipeline.build(channel))
                // Never completes: the connection lives as long as its channel.
                .handle((inbound, outbound) -> Mono.never());
    }
}
