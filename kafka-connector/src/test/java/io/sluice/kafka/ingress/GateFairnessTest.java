package io.sluice.kafka.ingress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.kafka.client.KafkaUp;
import io.sluice.kafka.mapping.IngressRule;
import io.sluice.kafka.mapping.RuleSet;
import io.sluice.kafka.topic.TopicsInMemory;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.port.Ingress.Lane;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A hundred connections before one gate, on one thread and in an order that a seed decides: the lanes and the gate are
 * the real ones, time is what Kafka has acknowledged. {@code -Dseed=…} replays what a failure prints.
 */
final class GateFairnessTest {

    private static final int LANES = 100;
    private static final long GATE_BYTES = 1 << 20;
    /** At most one turn of a lane: 32 KiB, or the one message that is larger. */
    private static final long TURN_BYTES = 32 << 10;
    /** More than each record weighs beside its payload. */
    private static final int OVERHEAD_BYTES = 1_000;

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final SplittableRandom random = new SplittableRandom(seed);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final StepLoop loop = new StepLoop();
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final KafkaUp up = new KafkaUp(registry);
    private final TopicsInMemory topics = new TopicsInMemory(up, registry);
    private final KafkaIngress ingress = new KafkaIngress(
            () -> producer,
            new IngressSettings(GATE_BYTES, 64 << 10, 256, 64 << 20),
            KafkaIngress.Surroundings.alone(
                    RuleSet.of(List.of(IngressRule.rest()), List.of()),
                    topics.directory(),
                    topics.provisioner(),
                    up,
                    registry));
    private final List<Connection> connections = new ArrayList<>();
    private int historySeen;

    /** A connection with messages of its own size. */
    private final class Connection {
        final Lane lane = ingress.open(loop, () -> {});
        final String topic;
        final String payload;
        long sentBytes;
        int unacknowledged;

        Connection(int number, int payloadBytes) {
            topic = "f/" + number;
            payload = "x".repeat(payloadBytes);
            connections.add(this);
        }

        void publish() {
            unacknowledged++;
            lane.publish(Message.of(topic, Qos.AT_LEAST_ONCE, payload), outcome -> unacknowledged--);
        }

        void flood() {
            while (lane.isReadable()) {
                publish();
            }
        }
    }

    @AfterEach
    void stop() {
        ingress.close(Duration.ZERO);
        topics.close();
    }

    private void connect(int payloadBytesMax) {
        for (int i = 0; i < LANES; i++) {
            Connection connection = new Connection(i, 1 + random.nextInt(payloadBytesMax));
            connection.publish();
        }
        await().pollInSameThread().until(() -> {
            loop.run();
            return producer.history().size() == LANES;
        });
        acknowledge(LANES);
    }

    private void acknowledge(int records) {
        loop.elsewhere(() -> {
            for (int i = 0; i < records; i++) {
                producer.completeNext();
            }
        });
        loop.run();
        countSent();
    }

    private void countSent() {
        var history = producer.history();
        for (; historySeen < history.size(); historySeen++) {
            var row = history.get(historySeen);
            int number = Integer.parseInt(new String(row.key(), UTF_8).substring(2));
            connections.get(number).sentBytes += Outgoing.bytes(row);
        }
    }

    private List<Connection> shuffled() {
        List<Connection> order = new ArrayList<>(connections);
        for (int i = order.size() - 1; i > 0; i--) {
            Connection other = order.set(random.nextInt(i + 1), order.get(i));
            order.set(i, other);
        }
        return order;
    }

    @Test
    void afterAnOutageEverybodyGoesOnAtTheSamePaceWhateverTheySendAndWhoeverCameFirst() {
        connect(4_000);
        Connection first = connections.get(random.nextInt(LANES));
        first.flood();
        loop.run();
        shuffled().forEach(Connection::flood);
        loop.run();
        countSent();
        assertThat(connections).as("held, seed %s", seed).noneMatch(connection -> connection.lane.isReadable());
        assertThat(ingress.inflightBytes()).isLessThanOrEqualTo(GATE_BYTES);
        long[] before = connections.stream().mapToLong(c -> c.sentBytes).toArray();

        long spread = 0;
        for (int round = 0; round < 3_000; round++) {
            acknowledge(1 + random.nextInt(Math.min(20, producer.history().size())));
            shuffled().forEach(Connection::flood);
            loop.run();
            countSent();
            long[] since = IntStream.range(0, LANES)
                    .filter(i -> connections.get(i) != first)
                    .mapToLong(i -> connections.get(i).sentBytes - before[i])
                    .sorted()
                    .toArray();
            spread = Math.max(spread, since[since.length - 1] - since[0]);
            assertThat(spread)
                    .as("bytes between the fastest and the slowest, seed %s", seed)
                    .isLessThanOrEqualTo(GATE_BYTES / ProducerGate.TURNS_MIN + 2 * TURN_BYTES);
        }

        long slowest = IntStream.range(0, LANES)
                .mapToLong(i -> connections.get(i).sentBytes - before[i])
                .min()
                .orElseThrow();
        long mean = connections.stream().mapToLong(c -> c.sentBytes).sum() / LANES;
        assertThat(first.sentBytes - mean)
                .as("bytes by which who came first is ahead, seed %s", seed)
                .isLessThanOrEqualTo(GATE_BYTES / 2 + 2 * TURN_BYTES);
        System.out.printf(
                "gate: 100 flooding, seed %d: spread at most %d bytes, slowest %d of mean %d bytes%n",
                seed, spread, slowest, mean);
    }

    @Test
    void thoseWhoSendLittleDoNotNoticeOneWhoFloods() {
        connect(200);
        Connection flood = connections.get(random.nextInt(LANES));
        int sent = 0;
        for (int round = 0; round < 2_000; round++) {
            flood.flood();
            loop.run();
            assertThat(ingress.inflightBytes())
                    .as("bytes in flight, seed %s", seed)
                    .isLessThanOrEqualTo(GATE_BYTES / 2 + LANES * (long) OVERHEAD_BYTES);
            Connection little = connections.get(random.nextInt(LANES));
            if (little != flood && little.unacknowledged == 0) {
                little.publish();
                sent++;
                countSent();
                assertThat(new String(producer.history().get(historySeen - 1).key(), UTF_8))
                        .as("sent at once, seed %s", seed)
                        .isEqualTo(little.topic);
            }
            acknowledge(1 + random.nextInt(20));
        }
        assertThat(sent).isGreaterThan(500);
        System.out.printf("gate: 1 flooding, seed %d: %d messages of 99 others, each sent at once%n", seed, sent);
    }
}
