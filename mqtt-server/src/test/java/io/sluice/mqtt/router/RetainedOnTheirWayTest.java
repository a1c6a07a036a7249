package io.sluice.mqtt.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.mqtt.fake.FakeTime;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.port.Ingress;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.PublishOutcome;
import io.sluice.mqtt.port.Refusal;
import io.sluice.mqtt.store.InMemoryRetainedStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

/** Who subscribes while a retained message is in the log and not yet in the store. */
class RetainedOnTheirWayTest {

    private static final long NOW = 1_000_000;
    private static final LogPartition PARTITION = new LogPartition("t", 0);

    private final FakeTime time = new FakeTime();
    private final RetainedOnTheirWay retained =
            new RetainedOnTheirWay(new InMemoryRetainedStore(2, new SimpleMeterRegistry()));
    private final HeldLane lane = new HeldLane();
    private final PublishRouter router = new PublishRouter(lane, retained);
    private final List<PublishOutcome> outcomes = new ArrayList<>();

    /** A way into the log that tells nothing before it is told to. */
    private static final class HeldLane implements Ingress, Ingress.Lane {
        private final List<OutcomeListener> waiting = new ArrayList<>();

        @Override
        public Lane open(Loop loop, Brake brake, Runnable onReadable) {
            return this;
        }

        @Override
        public void publish(Message message, OutcomeListener listener) {
            waiting.add(listener);
        }

        @Override
        public void publishOnce(Message message, Once once, OutcomeListener listener) {
            waiting.add(listener);
        }

        @Override
        public void refuse(Qos qos, PublishOutcome.Refused refused, OutcomeListener listener) {
            waiting.add(listener);
        }

        @Override
        public boolean isReadable() {
            return true;
        }

        @Override
        public int pending() {
            return waiting.size();
        }

        @Override
        public void whenSettled(Runnable task) {
            throw new AssertionError("nobody closes here");
        }

        @Override
        public void close() {}

        void tell(int message, PublishOutcome outcome) {
            waiting.get(message).onOutcome(outcome);
        }
    }

    private void publish(String topic, String payload) {
        Message message = new Message(
                TopicName.of(topic), Qos.AT_LEAST_ONCE, true, Payload.of(payload), MessageProperties.NONE, null);
        router.publish(lane, time.loop(), message, outcomes::add);
    }

    private StepVerifier.FirstStep<String> asked(String filter) {
        return StepVerifier.create(retained.match(TopicFilter.of(filter), NOW)
                .map(message -> message.payload().utf8()));
    }

    private static PublishOutcome storedAt(long offset) {
        return new PublishOutcome.Stored(PARTITION, offset);
    }

    @Test
    void whatIsOnItsWayIsWaitedFor() {
        publish("a/b", "new");

        asked("a/+").then(() -> lane.tell(0, storedAt(7))).expectNext("new").verifyComplete();
        time.run();
        assertThat(outcomes).containsExactly(storedAt(7));
    }

    @Test
    void whatIsRefusedIsNotWaitedForAnyMore() {
        publish("a/b", "new");

        asked("#")
                .then(() -> lane.tell(0, new PublishOutcome.Refused(Refusal.KAFKA, "no")))
                .verifyComplete();
    }

    @Test
    void whatTheStoreCannotTakeIsNotWaitedForAnyMore() {
        for (int i = 0; i < 3; i++) {
            publish("a/" + i, "m" + i);
        }
        lane.tell(0, storedAt(0));
        lane.tell(1, storedAt(1));

        asked("a/#").then(() -> lane.tell(2, storedAt(2))).expectNextCount(2).verifyComplete();
        time.run();
        assertThat(outcomes).hasSize(3).last().isInstanceOf(PublishOutcome.Refused.class);
    }

    @Test
    void whatDoesNotMatchIsNotWaitedFor() {
        publish("a/b", "new");

        asked("c/#").verifyComplete();
    }

    @Test
    void whatComesLaterIsNotWaitedFor() {
        publish("a/b", "first");

        asked("a/+")
                .then(() -> {
                    publish("a/c", "later");
                    lane.tell(0, storedAt(0));
                })
                .expectNext("first")
                .verifyComplete();
    }

    @Test
    void whenKafkaTakesTooLongWhatIsThereIsGiven() {
        publish("a/b", "first");
        lane.tell(0, storedAt(0));
        publish("a/b", "second");

        StepVerifier.withVirtualTime(() -> retained.match(TopicFilter.of("a/b"), NOW)
                        .map(message -> message.payload().utf8()))
                .expectSubscription()
                .expectNoEvent(RetainedOnTheirWay.WAIT_MAX.minusMillis(1))
                .thenAwait(Duration.ofMillis(1))
                .expectNext("first")
                .verifyComplete();
    }
}
