package io.sluice.kafka.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ReverseMappingTest {

    private final RuleSet rules = RuleSet.of(
            List.of(
                    Rules.ingress("telemetry", "telemetry/{tenant}/{device}/#", "telemetry.{tenant}", "{device}"),
                    Rules.ingress("state", "state/{tenant}/{device}", "state.{tenant}", "{device}"),
                    Rules.ingress("pairs", "pairs/{a}/{b}", "pairs", "{a}-{b}"),
                    IngressRule.rest()),
            List.of(
                    Rules.egress("commands", "commands.{tenant}", "commands/{tenant}/{key}"),
                    Rules.egress("inner", "inner", "inner/{key}/x"),
                    Rules.egress("open", "open", "{key}")));

    private RecordMapping read(String kafkaTopic, @Nullable String key, String... headers) {
        RecordHeaders recordHeaders = new RecordHeaders();
        for (int i = 0; i < headers.length; i += 2) {
            recordHeaders.add(headers[i], headers[i + 1].getBytes(UTF_8));
        }
        return rules.toMessage(kafkaTopic, key == null ? null : key.getBytes(UTF_8), new byte[] {1}, recordHeaders);
    }

    private Message message(String kafkaTopic, @Nullable String key, String... headers) {
        return ((RecordMapping.Mapped) read(kafkaTopic, key, headers)).message();
    }

    private String skipped(String kafkaTopic, @Nullable String key, String... headers) {
        RecordMapping mapping = read(kafkaTopic, key, headers);
        assertThat(mapping).isInstanceOf(RecordMapping.Skipped.class);
        return ((RecordMapping.Skipped) mapping).detail();
    }

    @Nested
    class OurRecords {

        @Test
        void sayTheirTopicNameInAHeader() {
            Message message = message("telemetry.acme", "d1", "mqtt.topic", "telemetry/acme/d1/temp", "mqtt.qos", "2");

            assertThat(message.topicName().value()).isEqualTo("telemetry/acme/d1/temp");
            assertThat(message.qos()).isEqualTo(Qos.EXACTLY_ONCE);
        }

        @Test
        void mustBelongToTheirKafkaTopic() {
            assertThat(skipped("telemetry.acme", "d1", "mqtt.topic", "telemetry/other/d1/temp"))
                    .contains("mqtt.topic");
            assertThat(skipped("mqtt.telemetry", "k", "mqtt.topic", "telemetry/acme/d1/temp"))
                    .contains("mqtt.topic");
            assertThat(skipped("mqtt.a", "a", "mqtt.topic", "a/#")).contains("wildcard");
            assertThat(skipped("mqtt.a", "a", "mqtt.topic", "")).contains("empty");
        }
    }

    @Nested
    class PlainRecords {

        @Test
        void runTheRuleBackwards() {
            Message message = message("state.acme", "d1");

            assertThat(message.topicName().value()).isEqualTo("state/acme/d1");
            assertThat(message.qos()).isEqualTo(Qos.AT_LEAST_ONCE);
        }

        @Test
        void ofADefaultKeyNameTheirTopicByIt() {
            assertThat(message("mqtt.a", "a/b/c").topicName().value()).isEqualTo("a/b/c");
            assertThat(skipped("mqtt.a", "b/c")).contains("a topic that this rule puts into");
            assertThat(skipped("mqtt.a", null)).contains("key: none");
        }

        @Test
        void areSkippedWithoutAllCaptures() {
            assertThat(skipped("telemetry.acme", "d1"))
                    .isEqualTo("rule: neither Kafka topic nor key say # (expected: header mqtt.topic)");
        }

        @Test
        void areSkippedWhenTheKeyReadsInTwoWays() {
            assertThat(message("pairs", "x-y").topicName().value()).isEqualTo("pairs/x/y");
            assertThat(skipped("pairs", "x-y-z")).contains("one way to read it");
        }

        @Test
        void withoutAValueAreWhatClearedARetainedMessageIfTheySaySo() {
            RecordHeaders headers = new RecordHeaders();
            headers.add("mqtt.topic", "a/b".getBytes(UTF_8));
            headers.add("mqtt.retain", "true".getBytes(UTF_8));

            assertThat(rules.toMessage("mqtt.a", "a/b".getBytes(UTF_8), null, headers))
                    .isInstanceOfSatisfying(RecordMapping.Mapped.class, mapped -> {
                        assertThat(mapped.message().payload().isEmpty()).isTrue();
                        assertThat(mapped.message().retain()).isTrue();
                        assertThat(mapped.message().topicName().value()).isEqualTo("a/b");
                    });
        }

        @Test
        void areSkippedAsTombstones() {
            assertThat(rules.toMessage("mqtt.a", "a".getBytes(UTF_8), null, new RecordHeaders()))
                    .isEqualTo(new RecordMapping.Skipped(
                            "rest", SkipReason.NO_VALUE, "value: none, a tombstone (expected: a payload)"));
        }
    }

    @Nested
    class EgressRecords {

        @Test
        void takeTheirTopicFromTopicAndKey() {
            assertThat(message("commands.acme", "d1").topicName().value()).isEqualTo("commands/acme/d1");
            assertThat(message("commands.acme", "d1/reboot").topicName().value())
                    .isEqualTo("commands/acme/d1/reboot");
        }

        @Test
        void areSkippedForAKeyThatDoesNotFit() {
            assertThat(skipped("commands.acme", null)).contains("key: none");
            assertThat(skipped("commands.acme", "a+b/+")).contains("wildcard");
            assertThat(skipped("commands.acme", "a\0b")).contains("U+0000");
            assertThat(skipped("inner", "a/b")).contains("no '/'");
            assertThat(skipped("open", "$SYS/uptime")).contains("'$'");
        }

        @Test
        void mayNameATopicWithinTheFilterOnly() {
            Message message = message(
                    "commands.acme",
                    "k",
                    "mqtt.topic",
                    "commands/acme/d2",
                    "mqtt.retain",
                    "true",
                    "mqtt.client-id",
                    "x");

            assertThat(message.topicName().value()).isEqualTo("commands/acme/d2");
            assertThat(message.retain()).isTrue();
            assertThat(message.publisher()).isNull();
            assertThat(skipped("commands.acme", "k", "mqtt.topic", "commands/other/d2"))
                    .contains("mqtt.topic");
        }
    }

    @Test
    void reversibilityNamesTheMissingCaptures() {
        assertThat(rules.reversibility())
                .extracting(Reversibility::missing)
                .containsExactly(List.of("#"), List.of(), List.of(), List.of());
    }
}
