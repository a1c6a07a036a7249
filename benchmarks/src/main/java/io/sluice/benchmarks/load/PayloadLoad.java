package io.sluice.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.mqtt.MqttVersion;
import io.sluice.benchmarks.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;

/**
 * Publishes one payload over and over at QoS 1, each connection with so many messages unacknowledged: closed loop. For what a
 * server makes of payloads, which those of the load tool are not. Confined to the thread that runs it.
 */
public final class PayloadLoad implements AutoCloseable {

    private static final int CONNECTIONS = 8;
    private static final int WINDOW = 64;
    private static final int PUBLISH_QOS1 = 0x32;
    private static final int PACKET_ID_BYTES = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Transport transport = Transport.open(1, "payload-load");
    private final Packets packets = new Packets(MqttVersion.MQTT_3_1_1);
    private final LoopCounters counters = new LoopCounters();
    private final List<PayloadClient> clients = new ArrayList<>();
    private final LongAdder acknowledged = new LongAdder();

    /**
     * Connects to a server on loopback.
     *
     * @throws IllegalStateException when it does not let in everybody
     */
    public PayloadLoad(int port) throws InterruptedException {
        InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        for (int i = 0; i < CONNECTIONS; i++) {
            PayloadClient client = new PayloadClient(packets.connect("payload-" + i));
            clients.add(client);
            new Bootstrap()
                    .group(transport.loops())
                    .channel(transport.channelType())
                    .option(ChannelOption.TCP_NODELAY, true)
                    .handler(client)
                    .connect(server)
                    .addListener(connected -> {
                        if (!connected.isSuccess()) {
                            client.ready().completeExceptionally(connected.cause());
                        }
                    });
        }
        clients.forEach(client -> await(client.ready()));
    }

    /**
     * Publishes for so long, after a second or so that does not count.
     *
     * @return messages per second that were acknowledged
     * @throws IllegalStateException when a connection was lost, as it is when an MQTT 3.1.1 client's message is refused
     */
    public double run(String topic, byte[] payload, Duration warmUp, Duration time) throws InterruptedException {
        byte[] topicName = topic.getBytes(UTF_8);
        for (PayloadClient client : clients) {
            client.channel().eventLoop().execute(() -> client.start(topicName, payload));
        }
        Thread.sleep(warmUp.toMillis());
        long beginNanos = System.nanoTime();
        long begin = acknowledged.sum();
        Thread.sleep(time.toMillis());
        double count = acknowledged.sum() - begin;
        double seconds = (System.nanoTime() - beginNanos) / 1e9;
        List<CompletableFuture<Void>> drained = new ArrayList<>();
        for (PayloadClient client : clients) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            drained.add(done);
            client.channel().eventLoop().execute(() -> client.stop(done));
        }
        drained.forEach(PayloadLoad::await);
        if (counters.connectionsLost > 0) {
            throw new IllegalStateException(topic + ": a connection was lost (expected: all acknowledged)");
        }
        return count / seconds;
    }

    /** How many were acknowledged until now, whatever they were. */
    public long acknowledged() {
        return acknowledged.sum();
    }

    private static void await(CompletableFuture<Void> work) {
        try {
            work.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("payload load: " + e, e);
        }
    }

    @Override
    public void close() {
        clients.forEach(client -> client.channel().eventLoop().execute(client::disconnect));
        transport
                .loops()
                .shutdownGracefully(200, 10_000, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(20, TimeUnit.SECONDS);
        packets.close();
    }

    /** One connection. Its acknowledgements come in the order of its messages [MQTT-4.6.0-2]. */
    private final class PayloadClient extends Client {
        private byte[] topic = {};
        private byte[] payload = {};
        private boolean running;
        private int nextId = 1;
        private int underWay;
        private CompletableFuture<Void> drained = new CompletableFuture<>();

        PayloadClient(byte[] connect) {
            super(PayloadLoad.this.counters, PayloadLoad.this.packets, connect);
        }

        void start(byte[] newTopic, byte[] newPayload) {
            topic = newTopic;
            payload = newPayload;
            running = true;
            pump();
        }

        void stop(CompletableFuture<Void> newDrained) {
            running = false;
            drained = newDrained;
            if (underWay == 0 || isClosing()) {
                drained.complete(null);
            }
        }

        private void pump() {
            int count = running && !isClosing() ? WINDOW - underWay : 0;
            if (count == 0) {
                return;
            }
            int length = 2 + topic.length + PACKET_ID_BYTES + payload.length;
            ByteBuf out = channel().alloc().directBuffer(count * (length + 5));
            for (int i = 0; i < count; i++) {
                out.writeByte(PUBLISH_QOS1);
                writeRemainingLength(out, length);
                out.writeShort(topic.length)
                        .writeBytes(topic)
                        .writeShort(nextId)
                        .writeBytes(payload);
                nextId = nextId == 0xFFFF ? 1 : nextId + 1;
            }
            underWay += count;
            channel().writeAndFlush(out, channel().voidPromise());
        }

        private static void writeRemainingLength(ByteBuf out, int length) {
            int rest = length;
            while (rest > 0x7F) {
                out.writeByte((rest & 0x7F) | 0x80);
                rest >>>= 7;
            }
            out.writeByte(rest);
        }

        @Override
        void onConnected(int receiveMaximum) {
            ready().complete(null);
        }

        @Override
        void onPacketOf(int type, int first, ByteBuf in, int body, int end) {
            if (type == PUBACK) {
                underWay--;
                acknowledged.increment();
                if (underWay == 0 && !running) {
                    drained.complete(null);
                }
            }
        }

        @Override
        void onBurstEnd() {
            pump();
        }
    }
}
