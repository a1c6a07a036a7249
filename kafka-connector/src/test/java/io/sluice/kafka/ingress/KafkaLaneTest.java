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
import io.sluice.mqtt.port.PublishOutcome;
import io.sluice.mqtt.port.PublishOutcome.Refused;
import io.sluice.mqtt.port.PublishOutcome.Stored;
import io.sluice.mqtt.port.Refusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class KafkaLaneTest {

    private static final Message HELLO = Message.of("a/b", Qos.AT_LEAST_ONCE, "hello");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final StepLoop loop = new StepLoop();
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final KafkaUp up = new KafkaUp(registry);
    private final TopicsInMemory topics = new TopicsInMemory(up, registry);
    // Room for one message at a time: about 300 bytes each.
    private final KafkaIngress ingress = new KafkaIngress(
            () -> producer,
            new IngressSettings(400, 10_000, 4, 100_000),
            KafkaIngress.Surroundings.alone(
                    RuleSet.of(List.of(IngressRule.rest()), List.of()),
                    topics.directory(),
                    topics.provisioner(),
                    up,
                    registry));
    private final List<PublishOutcome> outcomes = new ArrayList<>();
    private int readableAgain;
    private final Lane lane = ingress.open(loop, () -> readableAgain++);

    @AfterEach
    void stop() {
        ingress.close(Duration.ZERO);
        topics.close();
    }

    private void publish(String text) {
        lane.publish(Message.of("a/b", Qos.AT_LEAST_ONCE, text), outcomes::add);
    }

    private void awaitSent(int records) {
        await().pollInSameThread().until(() -> {
            loop.run();
            return producer.history().size() >= records;
        });
    }

    private void completeNext() {
        loop.elsewhere(producer::completeNext);
        loop.run();
    }

    private List<String> sent() {
        return producer.history().stream()
                .map(row -> new String(row.value(), UTF_8))
                .toList();
    }

    @Test
    void nothingIsSentBeforeTheLeadersServeTheTopic() {
        CompletableFuture<Void> leading = topics.holdLeaders();
        publish("m0");
        await().until(() -> leading.getNumberOfDependents() > 0);
        loop.run();
        assertThat(sent()).isEmpty();

        leading.complete(null);

        awaitSent(1);
        assertThat(sent()).containsExactly("m0");
    }

    @Test
    void leadersThatAreNotThereYetAreAskedForAgain() {
        CompletableFuture<Void> leading = topics.holdLeaders();
        publish("m0");
        await().until(() -> leading.getNumberOfDependents() > 0);
        CompletableFuture<Void> again = topics.holdLeaders();

        leading.completeExceptionally(new UnknownTopicOrPartitionException("not yet"));
        again.complete(null);

        awaitSent(1);
        assertThat(outcomes).isEmpty();
    }

    private static RuleSet into(String kafkaTopic) {
        IngressRule rest = IngressRule.rest();
        return RuleSet.of(
                List.of(new IngressRule(
                        "other",
                        rest.filter(),
                        kafkaTopic,
                        rest.key(),
                        rest.qosMax(),
                        rest.headerMode(),
                        rest.headers(),
                        rest.illegalName(),
                        rest.subscribe(),
                        rest.partitioner(),
                        rest.creation())),
                List.of());
    }

    @Test
    void whatIsUnderWayKeepsTheRulesWithWhichItWasTaken() {
        for (int i = 0; i < 3; i++) {
            publish("m" + i);
        }
        awaitSent(1);

        CompletableFuture<Void> ended = ingress.replace(into("other")).toCompletableFuture();
        loop.run();
        publish("m3");
        for (int i = 0; i < 3; i++) {
            assertThat(ended).isNotDone();
            awaitSent(i + 1);
            completeNext();
        }

        assertThat(ended).isDone();
        awaitSent(4);
        assertThat(sent()).containsExactly("m0", "m1", "m2", "m3");
        assertThat(producer.history().stream().map(row -> row.topic()))
                .containsExactly("mqtt.a", "mqtt.a", "mqtt.a", "other");
    }

    @Test
    void rulesByWhichNothingIsUnderWayEndAtOnce() {
        CompletableFuture<Void> ended = ingress.replace(into("other")).toCompletableFuture();
        loop.run();

        assertThat(ended).isDone();
    }

    @Test
    void nothingOvertakesWhatIsParked() {
        for (int i = 0; i < 6; i++) {
            publish("m" + i);
        }
        awaitSent(1);
        assertThat(sent()).containsExactly("m0");
        assertThat(lane.pending()).isEqualTo(6);
        List<Integer> outcomesWhenSettled = new ArrayList<>();
        lane.close();
        lane.whenSettled(() -> outcomesWhenSettled.add(outcomes.size()));

        for (int i = 0; i < 6; i++) {
            completeNext();
        }

        assertThat(sent()).containsExactly("m0", "m1", "m2", "m3", "m4", "m5");
        assertThat(outcomes).hasSize(6).allMatch(Stored.class::isInstance);
        assertThat(lane.pending()).isZero();
        assertThat(outcomesWhenSettled).containsExactly(6);
        lane.whenSettled(() -> outcomesWhenSettled.add(0));
        assertThat(outcomesWhenSettled).containsExactly(6, 0);
        assertThat(ingress.inflightBytes()).isZero();
    }

    @Test
    void theLookAheadClosesAndOpensWithALag() {
        for (int i = 0; i < 6; i++) {
            publish("m" + i);
        }
        assertThat(lane.isReadable()).isFalse();
        awaitSent(1);
        completeNext();
        completeNext();
        assertThat(lane.isReadable()).as("three are parked").isFalse();

        completeNext();

        assertThat(lane.isReadable()).as("two are parked").isTrue();
        assertThat(readableAgain).isEqualTo(1);
    }

    @Test
    void aFullBufferIsTriedAgainAndNeverFails() {
        publish("m0");
        awaitSent(1);
        completeNext();
        producer.sendException = new BufferExhaustedException("full");
        publish("m1");
        assertThat(ingress.inflightBytes()).isZero();

        producer.sendException = null;
        loop.fireTimers();
        completeNext();

        assertThat(sent()).containsExactly("m0", "m1");
        assertThat(outcomes).hasSize(2).allMatch(Stored.class::isInstance);
    }

    @Test
    void missingMetadataIsFetchedAndTheSameMessageSentAgain() {
        publish("m0");
        awaitSent(1);
        completeNext();
        producer.sendException = new TimeoutException("no metadata");
        publish("m1");
        publish("m2");

        producer.sendException = null;
        awaitSent(2);
        completeNext();
        completeNext();

        assertThat(sent()).containsExactly("m0", "m1", "m2");
        assertThat(outcomes).hasSize(3).allMatch(Stored.class::isInstance);
    }

    @Test
    void whatKafkaRefusesIsToldOnceAndGivesItsBytesBack() {
        publish("m0");
        awaitSent(1);
        loop.elsewhere(() -> producer.errorNext(new RecordTooLargeException("large")));
        loop.run();

        assertThat(outcomes).hasSize(1);
        assertThat(((Refused) outcomes.get(0)).refusal()).isEqualTo(Refusal.TOO_LARGE);
        assertThat(ingress.inflightBytes()).isZero();
        assertThat(registry.get("sluice.ingress.rejected")
                        .tag("rule", "rest")
                        .tag("reason", "too_large")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aBugIsRefusedCountedAndGivesItsBytesBack() {
        publish("m0");
        awaitSent(1);
        completeNext();
        producer.sendException = new ArithmeticException("a bug");
        publish("m1");
        assertThat(outcomes).as("never within publish").hasSize(1);
        loop.run();

        assertThat(((Refused) outcomes.get(1)).refusal()).isEqualTo(Refusal.KAFKA);
        assertThat(ingress.inflightBytes()).isZero();
        assertThat(registry.get("sluice.bugs").counter().count()).isEqualTo(1);
    }

    @Test
    void aConnectionThatIsGoneLosesNothing() {
        lane.publish(HELLO, outcomes::add);
        lane.close();

        awaitSent(1);
        completeNext();

        assertThat(outcomes).hasSize(1);
    }

    @Test
    void lostQos0IsCountedAsLostAndNotAsRejected() {
        lane.publish(Message.of("a/b", Qos.AT_MOST_ONCE, "x"), outcomes::add);
        awaitSent(1);
        loop.elsewhere(() -> producer.errorNext(new RecordTooLargeException("large")));
        loop.run();

        assertThat(registry.get("sluice.ingress.qos0.lost")
                        .tag("reason", "too_large")
                        .tag("rule", "rest")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(outcomes).hasSize(1);
    }
}
