package io.sluice.benchmarks.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.mqtt.MqttVersion;
import io.netty.handler.ssl.SslHandler;
import io.sluice.benchmarks.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Devices that connect, each the next time when it was accepted the last time: closed loop. Their connections are closed at
 * once, or stay. Confined to the thread that runs it.
 */
public final class ConnectLoop implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** What happens to a connection that was accepted. */
    public enum Then {
        CLOSE,
        STAY
    }

    /**
     * How it went.
     *
     * @param took until the server had accepted the last one
     * @param resumed how many of the TLS handshakes took up an earlier session
     */
    public record Result(int connects, Duration took, int resumed) {

        public double perSecond() {
            return connects / (took.toNanos() / 1e9);
        }
    }

    private final Transport transport = Transport.open(1, "connects");
    private final LoopCounters counters = new LoopCounters();
    private final Packets packets;
    private final InetSocketAddress server;
    private final Login login;
    private final @Nullable ClientTls tls;
    private final List<LoginClient> staying = new ArrayList<>();
    private int number;

    /**
     * @param port of a server on loopback
     * @param tls what is below MQTT, or null for nothing
     */
    public ConnectLoop(int port, Login login, @Nullable ClientTls tls) {
        this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.login = login;
        this.tls = tls;
        this.packets = new Packets(login.isMqtt5() ? MqttVersion.MQTT_5 : MqttVersion.MQTT_3_1_1);
    }

    /**
     * Connects so often, from so many devices at once.
     *
     * @throws IllegalStateException when one of them is not accepted
     */
    public Result run(int connects, int devices, Then then) throws InterruptedException {
        Run run = new Run(number, connects, devices, then);
        number += connects;
        long begin = System.nanoTime();
        for (int device = 0; device < devices; device++) {
            run.next(device);
        }
        if (!run.done.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException(run.accepted + " of " + connects + " accepted after " + PATIENCE);
        }
        Throwable failure = run.failures.poll();
        if (failure != null) {
            throw new IllegalStateException("not accepted: " + failure, failure);
        }
        return new Result(connects, Duration.ofNanos(System.nanoTime() - begin), run.resumed.get());
    }

    /** Disconnects those that stayed. */
    @Override
    public void close() {
        for (LoginClient client : staying) {
            client.channel().eventLoop().execute(client::disconnect);
        }
        transport
                .loops()
                .shutdownGracefully(200, 10_000, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(20, TimeUnit.SECONDS);
        packets.close();
    }

    /** The connects of one measurement. Its callbacks run on the loop. */
    private final class Run {
        private final int first;
        private final int connects;
        private final Then then;
        private final AtomicInteger begun = new AtomicInteger();
        private final AtomicInteger accepted = new AtomicInteger();
        private final AtomicInteger resumed = new AtomicInteger();
        private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        private final CountDownLatch done;

        Run(int first, int connects, int devices, Then then) {
            this.first = first;
            this.connects = connects;
            this.then = then;
            this.done = new CountDownLatch(devices);
        }

        void next(int device) {
            int index = begun.getAndIncrement();
            if (index >= connects || !failures.isEmpty()) {
                done.countDown();
                return;
            }
            LoginClient client = new LoginClient(counters, packets, login.attempt(packets, first + index));
            long beganMillis = System.currentTimeMillis();
            client.ready().whenComplete((ready, failure) -> {
                if (failure != null) {
                    failures.add(failure);
                    done.countDown();
                    return;
                }
                accepted.incrementAndGet();
                SslHandler handler = client.channel().pipeline().get(SslHandler.class);
                // A session that was taken up is as old as the handshake that made it.
                if (handler != null && handler.engine().getSession().getCreationTime() < beganMillis) {
                    resumed.incrementAndGet();
                }
                if (then == Then.CLOSE) {
                    client.disconnect();
                } else {
                    staying.add(client);
                }
                next(device);
            });
            open(client, device);
        }

        private void open(LoginClient client, int device) {
            new Bootstrap()
                    .group(transport.loops())
                    .channel(transport.channelType())
                    .option(ChannelOption.TCP_NODELAY, true)
                    .handler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            if (tls != null) {
                                channel.pipeline().addLast(tls.handler(device, server.getPort(), channel.alloc()));
                            }
                            channel.pipeline().addLast(client);
                        }
                    })
                    .connect(server)
                    .addListener(connected -> {
                        if (!connected.isSuccess()) {
                            client.ready().completeExceptionally(connected.cause());
                        }
                    });
        }
    }

    /** One connection. */
    private static final class LoginClient extends Client {
        private final Packets packets;
        private final Login.Attempt attempt;

        LoginClient(LoopCounters counters, Packets packets, Login.Attempt attempt) {
            super(counters, packets, attempt.connect());
            this.packets = packets;
            this.attempt = attempt;
        }

        @Override
        void onConnected(int receiveMaximum) {
            ready().complete(null);
        }

        @Override
        void onPacketOf(int type, int first, ByteBuf in, int body, int end) {
            if (type == AUTH) {
                int header = 1 + PacketScanner.variableByteIntegerBytes(end - body);
                byte[] packet = ByteBufUtil.getBytes(in, body - header, end - body + header);
                channel().writeAndFlush(Unpooled.wrappedBuffer(attempt.answer(packets.authenticationData(packet))));
            }
        }

        @Override
        void onBurstEnd() {}
    }
}
