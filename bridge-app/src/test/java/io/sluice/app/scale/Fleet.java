package io.sluice.app.scale;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Many MQTT 3.1.1 clients on one event loop: what a thread for each could not do. Safe for all threads. */
final class Fleet implements AutoCloseable {

    /** The leak detector watches the server: at its most thorough it would make these clients the slower side. */
    private static final UnpooledByteBufAllocator UNTRACKED = new UnpooledByteBufAllocator(false, true);

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private volatile int port;
    private final List<FleetClient> clients = new ArrayList<>();

    Fleet(int port) {
        this.port = port;
    }

    /** A new client, not connected yet. */
    FleetClient add(String clientId, boolean cleanSession) {
        FleetClient client = new FleetClient(clientId, cleanSession);
        clients.add(client);
        return client;
    }

    List<FleetClient> clients() {
        return clients;
    }

    /** What went wrong with any of them. */
    List<String> problems() {
        return clients.stream().flatMap(client -> client.problems().stream()).toList();
    }

    EventExecutor loop() {
        return group.next();
    }

    /** From now on they connect to this port. */
    void moveTo(int newPort) {
        port = newPort;
    }

    /** Connects a client; it goes on by itself. */
    void connect(FleetClient client) {
        new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.ALLOCATOR, UNTRACKED)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(client.newConnection());
                    }
                })
                .connect("127.0.0.1", port)
                .addListener(result -> {
                    if (!result.isSuccess()) {
                        client.problem("not connected: " + result.cause());
                    }
                });
    }

    /** Runs the task on the loop again and again, until the fleet is closed. */
    void every(Duration period, Runnable task) {
        var unused = group.scheduleAtFixedRate(task, period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
