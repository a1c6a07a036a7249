package io.sluice.benchmarks.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.mqtt.MqttVersion;
import io.sluice.benchmarks.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Clients with sessions that outlive their connections (MQTT 3.1.1, Clean Session 0), many at once. Confined to the
 * thread that opens them.
 */
public final class SessionFleet implements AutoCloseable {

    /** Connections that are being opened at once: as a server's backlog takes them. */
    private static final int OPENING_MAX = 256;

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Transport transport = Transport.open(1, "sessions");
    private final Packets packets = new Packets(MqttVersion.MQTT_3_1_1);
    private final LoopCounters counters = new LoopCounters();
    private final List<SessionClient> clients = new ArrayList<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final InetSocketAddress server;

    /** @param port of a server on loopback */
    public SessionFleet(int port) {
        this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /**
     * Connects clients {@code name-0}, {@code name-1} and so on.
     *
     * @param subscribes whether each subscribes, to a filter of its own below {@code topic}, at QoS 1
     * @return how long it took until the server had granted everything to all
     */
    public Duration connect(String name, int count, boolean subscribes, String topic) throws InterruptedException {
        Semaphore opening = new Semaphore(OPENING_MAX);
        long begin = System.nanoTime();
        for (int i = 0; i < count; i++) {
            if (!opening.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException(name + "-" + i + ": not connected within " + PATIENCE);
            }
            String clientId = name + "-" + i;
            byte[] subscribe = subscribes ? packets.subscribe(List.of(topic + "/" + clientId + "/+"), 1) : new byte[0];
            open(new SessionClient(counters, packets, packets.connectToSession(clientId), subscribe), opening);
        }
        if (!opening.tryAcquire(OPENING_MAX, PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException(name + ": not all connected within " + PATIENCE);
        }
        Throwable failure = failures.poll();
        if (failure != null) {
            throw new IllegalStateException(name + ": " + failure, failure);
        }
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private void open(SessionClient client, Semaphore opening) {
        clients.add(client);
        client.ready().whenComplete((ready, failure) -> {
            if (failure != null) {
                failures.add(failure);
            }
            opening.release();
        });
        new Bootstrap()
                .group(transport.loops())
                .channel(transport.channelType())
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(client)
                .connect(server)
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        client.ready().completeExceptionally(done.cause());
                    }
                });
    }

    /** How many found a session of theirs (CONNACK's Session Present). */
    public long presentCount() {
        return clients.stream().filter(client -> client.isPresent).count();
    }

    /** Disconnects all; their sessions stay. */
    @Override
    public void close() {
        for (SessionClient client : clients) {
            if (client.ready().isDone() && !client.ready().isCompletedExceptionally()) {
                client.channel().eventLoop().execute(client::disconnect);
            }
        }
        transport
                .loops()
                .shutdownGracefully(200, 10_000, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(20, TimeUnit.SECONDS);
        packets.close();
    }

    /** One of them. */
    private static final class SessionClient extends Client {
        private final byte[] subscribe;
        volatile boolean isPresent;

        SessionClient(LoopCounters counters, Packets packets, byte[] connect, byte[] subscribe) {
            super(counters, packets, connect);
            this.subscribe = subscribe;
        }

        @Override
        void onSession(boolean present) {
            isPresent = present;
        }

        @Override
        void onConnected(int receiveMaximum) {
            if (subscribe.length > 0) {
                channel().writeAndFlush(Unpooled.wrappedBuffer(subscribe));
            } else {
                ready().complete(null);
            }
        }

        @Override
        void onPacketOf(int type, int first, ByteBuf in, int body, int end) {
            if (type == SUBACK) {
                ready().complete(null);
            }
        }

        @Override
        void onBurstEnd() {}
    }
}
