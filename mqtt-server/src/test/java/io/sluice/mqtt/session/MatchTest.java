package io.sluice.mqtt.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.subscription.Subscriber;
import io.sluice.mqtt.subscription.Subscription;
import io.sluice.mqtt.subscription.SubscriptionOptions;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MatchTest {

    private static final ClientId SELF = new ClientId("self");

    private final Match match = new Match();

    private static Message message(Qos qos, boolean retain, String publisher) {
        return new Message(
                TopicName.of("a"), qos, retain, Payload.of("x"), MessageProperties.NONE, new ClientId(publisher));
    }

    private void add(Message message, Qos qos, boolean noLocal, boolean retainAsPublished, int identifier) {
        SubscriptionOptions options = new SubscriptionOptions(qos, noLocal, retainAsPublished, 0, identifier);
        match.add(new Subscription(new Subscriber() {}, TopicFilter.of("a"), options), message, SELF);
    }

    @Nested
    class OfOverlappingSubscriptions {

        private final Message message = message(Qos.EXACTLY_ONCE, true, "other");

        @Test
        void hasTheHighestQos() {
            add(message, Qos.AT_MOST_ONCE, false, false, 0);
            add(message, Qos.AT_LEAST_ONCE, false, false, 0);

            assertThat(match.qos(message)).isEqualTo(Qos.AT_LEAST_ONCE);
        }

        @Test
        void hasAllIdentifiersEqualOnesToo() {
            add(message, Qos.AT_MOST_ONCE, false, false, 7);
            add(message, Qos.AT_MOST_ONCE, false, false, 0);
            add(message, Qos.AT_MOST_ONCE, false, false, 3);
            add(message, Qos.AT_MOST_ONCE, false, false, 7);

            assertThat(match.identifiers()).containsExactly(7, 3, 7);
        }

        @Test
        void keepsRetainWhenAnyWantsItAsPublished() {
            add(message, Qos.AT_MOST_ONCE, false, false, 0);
            assertThat(match.retain(message)).isFalse();

            add(message, Qos.AT_MOST_ONCE, false, true, 0);

            assertThat(match.retain(message)).isTrue();
        }

        @Test
        void isForgottenByReset() {
            add(message, Qos.EXACTLY_ONCE, false, true, 7);

            match.reset();

            assertThat(match.isMatched()).isFalse();
            assertThat(match.identifiers()).isEmpty();
            assertThat(match.retain(message)).isFalse();
            assertThat(match.qos(message)).isEqualTo(Qos.AT_MOST_ONCE);
        }
    }

    @Test
    void neverRaisesTheQosOfTheMessage() {
        Message message = message(Qos.AT_LEAST_ONCE, false, "other");

        add(message, Qos.EXACTLY_ONCE, false, false, 0);

        assertThat(match.qos(message)).isEqualTo(Qos.AT_LEAST_ONCE);
    }

    @Test
    void retainAsPublishedDoesNotMakeAMessageRetained() {
        Message message = message(Qos.AT_LEAST_ONCE, false, "other");

        add(message, Qos.AT_LEAST_ONCE, false, true, 0);

        assertThat(match.retain(message)).isFalse();
    }

    @Nested
    class NoLocal {

        private final Message own = message(Qos.AT_LEAST_ONCE, false, "self");

        @Test
        void leavesOutOnesOwnMessages() {
            add(own, Qos.AT_LEAST_ONCE, true, false, 4);

            assertThat(match.isMatched()).isFalse();
            assertThat(match.identifiers()).isEmpty();
        }

        @Test
        void holdsForItsOwnSubscriptionOnly() {
            add(own, Qos.EXACTLY_ONCE, true, false, 4);
            add(own, Qos.AT_MOST_ONCE, false, false, 5);

            assertThat(match.isMatched()).isTrue();
            assertThat(match.identifiers()).containsExactly(5);
            assertThat(match.qos(own)).isEqualTo(Qos.AT_MOST_ONCE);
        }

        @Test
        void letsOthersMessagesPass() {
            Message other = message(Qos.AT_LEAST_ONCE, false, "other");

            add(other, Qos.AT_LEAST_ONCE, true, false, 0);

            assertThat(match.isMatched()).isTrue();
        }

        @Test
        void letsAMessageWithoutPublisherPass() {
            Message ofKafka = Message.of("a", Qos.AT_LEAST_ONCE, "x");

            add(ofKafka, Qos.AT_LEAST_ONCE, true, false, 0);

            assertThat(match.isMatched()).isTrue();
        }
    }
}
