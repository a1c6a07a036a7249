package io.sluice.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.PublishOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AckOrderTest {

    private static final PublishOutcome STORED = new PublishOutcome.Stored(new LogPartition("t", 0), 1);

    @Test
    void answersLeaveInTheOrderOfThePublishesWhateverTheOrderOfTheOutcomes() {
        for (long seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            AckOrder order = new AckOrder();
            List<AckOrder.Pending> pending = new ArrayList<>();
            List<Integer> answered = new ArrayList<>();
            for (int id = 1; id <= 50; id++) {
                pending.add(order.add(id, id % 2 == 0 ? Qos.AT_LEAST_ONCE : Qos.EXACTLY_ONCE, 0));
            }

            while (!pending.isEmpty()) {
                AckOrder.Pending next = pending.remove(random.nextInt(pending.size()));
                order.complete(next, STORED, (done, outcome) -> answered.add(done.packetId));
            }

            assertThat(answered)
                    .as("seed " + seed)
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(1, 50).boxed().toList());
            assertThat(order.size()).isZero();
        }
    }

    @Test
    void anAnswerThatWaitsForAnEarlierOneIsStillOwed() {
        AckOrder order = new AckOrder();
        AckOrder.Pending first = order.add(1, Qos.AT_LEAST_ONCE, 0);
        AckOrder.Pending second = order.add(2, Qos.EXACTLY_ONCE, 0);

        order.complete(second, STORED, (done, outcome) -> {});

        assertThat(order.isOwed(2)).isTrue();
        order.complete(first, STORED, (done, outcome) -> {});
        assertThat(order.isOwed(2)).isFalse();
    }
}
