package io.sluice.benchmarks.floor;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.sluice.benchmarks.Arguments;
import io.sluice.benchmarks.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The thinnest bridge: Netty's codec, {@code send} with acks=all on the event loop, the acknowledgement written when the
 * callback comes; one consumer, one encode, written to every subscriber. No sessions, mapping, matching, flow control or
 * order of acknowledgements, and nothing is sent again: not a server to use, a bound to compare with.
 *
 * <p>The Kafka topic is the first level of the topic name, the key is the topic name.
 */
public final class Floor {

    private static final int PACKET_BYTES_MAX = 1 << 20;

    private Floor() {}

    public static void main(String[] args) throws Exception {
        Arguments arguments = Arguments.parse(args, 0);
        String servers = arguments.text("bootstrap-servers", "127.0.0.1:9092");
        int port = arguments.number("port", 1884, 1, 65_535);
        String kafkaTopic = arguments.text("kafka-topic", "bench");
        int partitions = arguments.number("partitions", 4, 1, 1_000);
        int threads = arguments.number("threads", Runtime.getRuntime().availableProcessors(), 1, 64);
        int seconds = arguments.number("seconds", 3_600, 1, 86_400);
        arguments.refuseUnread();

        createTopic(servers, kafkaTopic, partitions);
        Subscribers subscribers = new Subscribers();
        try (KafkaProducer<byte[], byte[]> producer = producer(servers)) {
            Transport transport = Transport.open(threads, "floor");
            Channel listener = listen(transport, port, producer, subscribers);
            Thread tail = new FloorTail(consumer(servers), kafkaTopic, subscribers).start();
            System.err.println("floor: listening on 127.0.0.1:" + port + ", " + transport.name());
            CountDownLatch stop = new CountDownLatch(1);
            Runtime.getRuntime().addShutdownHook(new Thread(stop::countDown, "stop"));
            stop.await(seconds, TimeUnit.SECONDS);
            tail.interrupt();
            listener.close().await(5, TimeUnit.SECONDS);
            transport.loops().shutdownGracefully(0, 5, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS);
        }
    }

    private static Channel listen(
            Transport transport, int port, KafkaProducer<byte[], byte[]> producer, Subscribers subscribers)
            throws InterruptedException {
        return new ServerBootstrap()
                .group(transport.loops())
                .channel(transport.serverChannelType())
                .option(ChannelOption.SO_BACKLOG, 4_096)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast("decoder", new MqttDecoder(PACKET_BYTES_MAX))
                                .addLast("floor", new FloorHandler(producer, subscribers));
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .sync()
                .channel();
    }

    private static void createTopic(String servers, String kafkaTopic, int partitions) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            admin.createTopics(List.of(new NewTopic(kafkaTopic, partitions, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(String servers) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                servers,
                "acks",
                "all",
                "linger.ms",
                0,
                "batch.size",
                256 * 1024,
                "buffer.memory",
                128L * 1024 * 1024,
                "max.block.ms",
                60_000);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String servers) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                servers,
                "enable.auto.commit",
                false,
                "auto.offset.reset",
                "latest",
                "fetch.max.wait.ms",
                50,
                "max.poll.records",
                2_000);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
