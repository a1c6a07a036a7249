package io.sluice.app.outage;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3AsyncClient;
import com.hivemq.client.mqtt.mqtt3.Mqtt3Client;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * A client that publishes numbered messages, a few at a time, for as long as it is let and nothing fails. It never
 * connects again, so that nothing is sent twice.
 */
final class LoadPublisher {

    /** What the topics that they publish to become. */
    static final String KAFKA_TOPIC = "mqtt.outage";

    private static final int OUTSTANDING = 10;
    /** Short, so that several of them end while Kafka is away; the client pings, and leaves when it is not answered. */
    private static final int KEEP_ALIVE_SECONDS = 4;

    final String name;
    final Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();
    final AtomicInteger failures = new AtomicInteger();
    final AtomicInteger disconnects = new AtomicInteger();
    private final ReentrantLock order = new ReentrantLock();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger outstanding = new AtomicInteger();
    private final Function<byte[], CompletableFuture<?>> publish;
    private final Runnable disconnect;
    private volatile boolean running = true;

    private LoadPublisher(String name, Function<byte[], CompletableFuture<?>> publish, Runnable disconnect) {
        this.name = name;
        this.publish = publish;
        this.disconnect = disconnect;
    }

    /** Speaks MQTT 3.1.1. */
    static LoadPublisher mqtt3(String name, int port, MqttQos qos) {
        LoadPublisher[] self = new LoadPublisher[1];
        Mqtt3AsyncClient client = Mqtt3Client.builder()
                .identifier(name)
                .serverHost("127.0.0.1")
                .serverPort(port)
                .addDisconnectedListener(ignored -> self[0].onDisconnected())
                .buildAsync();
        self[0] = new LoadPublisher(
                name,
                payload -> client.publishWith()
                        .topic("outage/" + name)
                        .qos(qos)
                        .payload(payload)
                        .send(),
                () -> client.disconnect().join());
        client.connectWith().keepAlive(KEEP_ALIVE_SECONDS).send().join();
        return self[0];
    }

    /** Speaks MQTT 5. */
    static LoadPublisher mqtt5(String name, int port, MqttQos qos) {
        LoadPublisher[] self = new LoadPublisher[1];
        Mqtt5AsyncClient client = MqttClient.builder()
                .useMqttVersion5()
                .identifier(name)
                .serverHost("127.0.0.1")
                .serverPort(port)
                .addDisconnectedListener(ignored -> self[0].onDisconnected())
                .buildAsync();
        self[0] = new LoadPublisher(
                name,
                payload -> client.publishWith()
                        .topic("outage/" + name)
                        .qos(qos)
                        .payload(payload)
                        .send()
                        .thenAccept(result -> result.getError().ifPresent(error -> {
                            throw new IllegalStateException(error);
                        })),
                () -> client.disconnect().join());
        client.connectWith().keepAlive(KEEP_ALIVE_SECONDS).send().join();
        return self[0];
    }

    private void onDisconnected() {
        if (running || outstanding.get() > 0) {
            disconnects.incrementAndGet();
        }
    }

    void start() {
        for (int i = 0; i < OUTSTANDING; i++) {
            publishNext();
        }
    }

    private void publishNext() {
        if (!running) {
            return;
        }
        outstanding.incrementAndGet();
        CompletableFuture<?> published;
        int number;
        // Numbers are given to the client in their order, whichever thread is at it.
        order.lock();
        try {
            number = next.getAndIncrement();
            published = publish.apply((name + ":" + number).getBytes(UTF_8));
        } finally {
            order.unlock();
        }
        published.whenCompleteAsync((result, failure) -> {
            if (failure == null) {
                acknowledged.add(number);
                publishNext();
            } else {
                failures.incrementAndGet();
            }
            outstanding.decrementAndGet();
        });
    }

    void stop() {
        running = false;
    }

    /** Whether each message is acknowledged, or has failed. */
    boolean isSettled() {
        return outstanding.get() == 0;
    }

    void disconnect() {
        disconnect.run();
    }
}
