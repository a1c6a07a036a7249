package io.sluice.kafka.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.kafka.client.KafkaUp;
import io.sluice.kafka.mapping.IngressRule;
import io.sluice.kafka.mapping.RuleSet;
import io.sluice.kafka.topic.TopicsInMemory;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.port.Ingress.Brake;
import io.sluice.mqtt.port.Ingress.Lane;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is read of a connection while nothing gets into Kafka, since no leader serves the topic. */
final class ParkedMessagesTest {

    private static final int LANE_MESSAGES = 10;
    private static final int LANE_BYTES = 20_000;
    private static final int ALL_BYTES = 400_000;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final StepLoop loop = new StepLoop();
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final KafkaUp up = new KafkaUp(registry);
    private final TopicsInMemory topics = new TopicsInMemory(up, registry);
    private final KafkaIngress ingress = new KafkaIngress(
            () -> producer,
            new IngressSettings(ALL_BYTES, LANE_BYTES, LANE_MESSAGES, ALL_BYTES),
            KafkaIngress.Surroundings.alone(
                    RuleSet.of(List.of(IngressRule.rest()), List.of()),
                    topics.directory(),
                    topics.provisioner(),
                    up,
                    registry));

    ParkedMessagesTest() {
        topics.holdLeaders();
    }

    @AfterEach
    void stop() {
        ingress.close(Duration.ZERO);
        topics.close();
    }

    /** How many messages are read of a connection until it is not read any more. */
    private static int read(Lane lane, Qos qos, int payloadBytes) {
        int messages = 0;
        while (lane.isReadable() && messages < 10_000) {
            lane.publish(Message.of("a/b", qos, "x".repeat(payloadBytes)), outcome -> {});
            messages++;
        }
        return messages;
    }

    private Lane open(Brake brake) {
        return ingress.open(loop, brake, () -> {});
    }

    private double waitingBytes() {
        return registry.get("sluice.ingress.look.ahead.bytes").gauge().value();
    }

    @Test
    void whoCanOnlyBeHeldByItsSocketIsHeldByItsOwnLookAhead() {
        assertThat(read(open(Brake.SOCKET), Qos.AT_LEAST_ONCE, 1)).isEqualTo(LANE_MESSAGES);
        assertThat(read(open(Brake.SOCKET), Qos.AT_LEAST_ONCE, 10_000)).isEqualTo(2);
    }

    @Test
    void whoStopsAtItsReceiveMaximumIsReadOnAsLongAsThereIsRoom() {
        Lane lane = open(Brake.RECEIVE_MAXIMUM);

        for (int i = 0; i < 100; i++) {
            lane.publish(Message.of("a/b", Qos.AT_LEAST_ONCE, "x".repeat(1_000)), outcome -> {});
        }

        assertThat(lane.isReadable()).isTrue();
        assertThat(waitingBytes()).isGreaterThan(100_000);
    }

    @Test
    void whatNoReceiveMaximumBoundsIsHeldByTheSocketAllTheSame() {
        assertThat(read(open(Brake.RECEIVE_MAXIMUM), Qos.AT_MOST_ONCE, 1)).isEqualTo(LANE_MESSAGES);
    }

    @Test
    void everybodyHasAnEqualPartHoweverMuchTheFirstOnesSend() {
        List<Lane> lanes = List.of(
                open(Brake.RECEIVE_MAXIMUM),
                open(Brake.RECEIVE_MAXIMUM),
                open(Brake.RECEIVE_MAXIMUM),
                open(Brake.RECEIVE_MAXIMUM));

        List<Integer> read =
                lanes.stream().map(lane -> read(lane, Qos.AT_LEAST_ONCE, 5_000)).toList();

        assertThat(read).allMatch(messages -> messages.equals(read.get(0)));
        assertThat(read.get(0)).isGreaterThan(15);
        assertThat(waitingBytes()).isLessThan(ALL_BYTES + 4 * 6_000);
    }

    @Test
    void whoComesWhenAllIsUsedUpIsHeldAfterOneMessage() {
        read(open(Brake.RECEIVE_MAXIMUM), Qos.AT_LEAST_ONCE, 5_000);

        assertThat(read(open(Brake.RECEIVE_MAXIMUM), Qos.AT_LEAST_ONCE, 5_000)).isEqualTo(1);
    }

    @Test
    void whoHasLeftMakesRoomForTheOthers() {
        Lane first = open(Brake.RECEIVE_MAXIMUM);
        Lane second = open(Brake.RECEIVE_MAXIMUM);
        second.close();
        second.close();

        int messages = read(first, Qos.AT_LEAST_ONCE, 5_000);

        assertThat(messages * 5_000).isGreaterThan(ALL_BYTES * 3 / 4);
    }
}
