package io.sluice.mqtt.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.port.LogPartition;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.test.StepVerifier;

class InMemoryRetainedStoreTest {

    private static final long NOW = 1_000_000;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final InMemoryRetainedStore store = new InMemoryRetainedStore(3, registry);

    private static final LogPartition PARTITION = new LogPartition("t", 0);

    private static Message retained(String topic, String payload, long expiryEpochMillis) {
        MessageProperties properties = new MessageProperties(false, expiryEpochMillis, null, null, null, List.of());
        return new Message(TopicName.of(topic), Qos.AT_LEAST_ONCE, true, Payload.of(payload), properties, null);
    }

    private static Message retained(String topic, String payload) {
        return retained(topic, payload, MessageProperties.NEVER);
    }

    private void put(String topic, String payload, long offset) {
        store.put(retained(topic, payload), PARTITION, offset).block();
    }

    private List<String> matched(String filter) {
        return store.match(TopicFilter.of(filter), NOW)
                .map(message -> message.topicName().value())
                .collectList()
                .blockOptional()
                .orElseThrow();
    }

    private void expectStored(String topic, String payload) {
        StepVerifier.create(store.get(TopicName.of(topic))
                        .map(message -> message.payload().utf8()))
                .expectNext(payload)
                .verifyComplete();
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    @Nested
    class OfTwoWritersOfOneTopic {

        @Test
        void theLaterOffsetWinsWhenItIsPutLast() {
            put("a", "old", 1);
            put("a", "new", 2);

            expectStored("a", "new");
        }

        @Test
        void theLaterOffsetWinsWhenItIsPutFirst() {
            put("a", "new", 2);
            put("a", "old", 1);

            expectStored("a", "new");
            assertThat(gauge("sluice.retained.bytes")).isEqualTo(3);
        }

        @Test
        void anOlderOneDoesNotBringAClearedMessageBack() {
            put("a", "", 2);
            put("a", "old", 1);

            assertThat(matched("#")).isEmpty();
        }

        @Test
        void anOlderOneDoesNotClearANewerMessage() {
            put("a", "new", 2);
            put("a", "", 1);

            expectStored("a", "new");
        }
    }

    @Nested
    class Clearing {

        @Test
        void takesTheMessageAway() {
            put("a", "x", 1);

            put("a", "", 2);

            assertThat(matched("a")).isEmpty();
            StepVerifier.create(store.get(TopicName.of("a"))).verifyComplete();
            assertThat(gauge("sluice.retained.messages")).isZero();
            assertThat(gauge("sluice.retained.bytes")).isZero();
        }

        @Test
        void isFollowedByWhateverIsPutLater() {
            put("a", "x", 1);
            put("a", "", 2);

            put("a", "y", 3);

            expectStored("a", "y");
        }
    }

    @Nested
    class Expiry {

        @Test
        void takesAMessageOutOfTheMatchesAtItsTime() {
            store.put(retained("a", "gone", NOW), PARTITION, 1).block();
            store.put(retained("b", "still", NOW + 1), PARTITION, 2).block();

            assertThat(matched("#")).containsExactly("b");
        }
    }

    @Nested
    class Matching {

        @ParameterizedTest
        @CsvSource({
            "a/#,       a,        true",
            "a/#,       a/b/c,    true",
            "a/#,       ab,       false",
            "a/b/#,     a/b,      true",
            "a/+,       a/b,      true",
            "a/+,       a/b/c,    false",
            "+/x,       a/x,      true",
            "+/x,       a/y,      false",
            "+/x,       /x,       true",
            "#,         a/b,      true",
            "#,         /a,       true",
            "#,         $SYS/x,   false",
            "+/x,       $SYS/x,   false",
            "$SYS/#,    $SYS/x,   true",
            "$SYS/+,    $SYS/x,   true",
            "/a/#,      /a/b,     true",
            "/a/+,      /a/b,     true",
            "/a,        /a,       true",
            "/#,        /a,       true",
            "/+/b,      /a/b,     true",
            "//+,       //b,      true",
            "a//+,      a//b,     true",
            "a/b,       a/b,      true",
            "a/b,       a/bc,     false",
        })
        void findsWhatTheFilterMatches(String filter, String topic, boolean matches) {
            put(topic, "x", 1);

            assertThat(matched(filter)).isEqualTo(matches ? List.of(topic) : List.of());
        }

        @Test
        void isPacedByDemand() {
            put("a/1", "x", 1);
            put("a/2", "x", 2);

            StepVerifier.create(store.match(TopicFilter.of("a/+"), NOW), 1)
                    .expectNextCount(1)
                    .thenRequest(1)
                    .expectNextCount(1)
                    .verifyComplete();
        }
    }

    @Nested
    class AtItsLimit {

        @Test
        void refusesOneMoreTopic() {
            fill();

            StepVerifier.create(store.put(retained("d", "x"), PARTITION, 4))
                    .expectErrorMessage("retained messages: 3 (expected: not more)")
                    .verify();
        }

        @Test
        void replacesWhatItHas() {
            fill();

            put("a", "y", 4);

            expectStored("a", "y");
        }

        @Test
        void hasRoomWhenATopicIsCleared() {
            fill();
            put("a", "", 4);

            put("d", "x", 5);

            expectStored("d", "x");
        }

        @Test
        void refusesATopicThatWasClearedBefore() {
            put("d", "x", 1);
            put("d", "", 2);
            fill();

            StepVerifier.create(store.put(retained("d", "x"), PARTITION, 9)).verifyError(IllegalStateException.class);
            assertThat(gauge("sluice.retained.messages")).isEqualTo(3);
        }

        private void fill() {
            put("a", "x", 1);
            put("b", "x", 2);
            put("c", "x", 3);
        }
    }
}
