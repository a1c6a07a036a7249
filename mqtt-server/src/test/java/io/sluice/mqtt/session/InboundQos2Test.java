package io.sluice.mqtt.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class InboundQos2Test {

    private final InboundQos2 inbound = new InboundQos2(Set.of(9));

    @Test
    void knowsWhatAnEarlierConnectionReceived() {
        assertThat(inbound.isKnown(9)).isTrue();
        assertThat(inbound.isReceived(9)).isTrue();
        assertThat(inbound.isKnown(1)).isFalse();
    }

    @Test
    void knowsAMessageThatIsBeingStoredButMayNotAnswerIt() {
        inbound.onPublish(1);

        assertThat(inbound.isKnown(1)).isTrue();
        assertThat(inbound.isReceived(1)).isFalse();
    }

    @Test
    void keepsAStoredIdUntilItsRelease() {
        inbound.onPublish(1);
        inbound.onStored(1);
        assertThat(inbound.isReceived(1)).isTrue();

        assertThat(inbound.onRelease(1)).isEqualTo(InboundQos2.Release.BEGUN);
        assertThat(inbound.isKnown(1))
                .as("until it is forgotten in the log, too")
                .isTrue();
        assertThat(inbound.onRelease(1)).isEqualTo(InboundQos2.Release.UNDER_WAY);
        assertThat(inbound.received()).as("what a new owner must know").containsExactly(9);

        inbound.onForgotten(1);

        assertThat(inbound.isKnown(1)).isFalse();
        assertThat(inbound.onRelease(1)).isEqualTo(InboundQos2.Release.UNKNOWN);
    }

    @Test
    void freesARefusedId() {
        inbound.onPublish(1);

        inbound.onRefused(1);

        assertThat(inbound.isKnown(1)).isFalse();
    }

    @Test
    void doesNotReleaseWhatIsNotStoredYet() {
        inbound.onPublish(1);

        assertThat(inbound.onRelease(1)).isEqualTo(InboundQos2.Release.UNKNOWN);
        assertThat(inbound.isKnown(1)).isTrue();
    }

    @Nested
    class WhenSettled {

        private final List<Set<Integer>> runs = new ArrayList<>();

        @Test
        void runsAtOnceWhenNothingIsBeingStored() {
            inbound.whenSettled(() -> runs.add(inbound.received()));

            assertThat(runs).containsExactly(Set.of(9));
        }

        @Test
        void waitsForAllThatIsBeingStored() {
            inbound.onPublish(1);
            inbound.onPublish(2);
            inbound.whenSettled(() -> runs.add(inbound.received()));
            inbound.onStored(2);
            assertThat(runs).isEmpty();

            inbound.onRefused(1);

            assertThat(runs).containsExactly(Set.of(9, 2));
        }
    }

    @Test
    void whatAnEarlierConnectionLeftDoesNotCountAgainstThisOne() {
        inbound.onPublish(1);

        assertThat(inbound.outstandingCount()).as("section 4.9").isEqualTo(1);
        assertThat(inbound.earlierCount()).isEqualTo(1);

        inbound.onRelease(9);
        inbound.onForgotten(9);

        assertThat(inbound.outstandingCount()).isEqualTo(1);
        assertThat(inbound.earlierCount()).isZero();
    }
}
