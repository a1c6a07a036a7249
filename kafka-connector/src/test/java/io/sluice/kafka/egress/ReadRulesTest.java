package io.sluice.kafka.egress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kafka.mapping.EgressRule;
import io.sluice.kafka.mapping.Partitioner;
import io.sluice.kafka.mapping.RecordMapping;
import io.sluice.kafka.mapping.RuleSet;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

final class ReadRulesTest {

    private static final TopicFilter ALL = TopicFilter.of("#");
    private static final TopicPartition OLD = new TopicPartition("old", 0);

    private final ReadRules before = new ReadRules(exposing("old", "m/{key}"));
    private final ReadRules after = before.replacedBy(exposing("new", "m/{key}"));

    private static RuleSet exposing(String kafkaTopic, String filter) {
        return RuleSet.of(
                List.of(), List.of(new EgressRule("r", kafkaTopic, filter, Qos.AT_LEAST_ONCE, Partitioner.ANY)));
    }

    private static ConsumerRecord<byte[], byte[]> row(String kafkaTopic, long offset) {
        return new ConsumerRecord<>(kafkaTopic, 0, offset, "k".getBytes(UTF_8), "v".getBytes(UTF_8));
    }

    private static String topicOf(RecordMapping mapping) {
        return mapping instanceof RecordMapping.Mapped mapped
                ? mapped.message().topicName().value()
                : "none";
    }

    @Test
    void whatWasWrittenByEarlierRulesIsReadByThem() {
        assertThat(topicOf(after.toMessage(row("old", 5)))).isEqualTo("m/k");
        assertThat(topicOf(after.toMessage(row("new", 5)))).isEqualTo("m/k");
        assertThat(topicOf(before.toMessage(row("new", 5)))).isEqualTo("none");
        assertThat(after.demand("old", ALL).whole()).isTrue();
        assertThat(after.demand("new", ALL).whole()).isTrue();
    }

    @Test
    void fromTheirEndOnEarlierRulesMeanNothing() {
        after.earlier().get(0).end(Map.of(OLD, 10L));

        assertThat(topicOf(after.toMessage(row("old", 9)))).isEqualTo("m/k");
        assertThat(topicOf(after.toMessage(row("old", 10)))).isEqualTo("none");
        assertThat(after.isOver(OLD, 9)).isFalse();
        assertThat(after.isOver(OLD, 10)).isTrue();
    }

    @Test
    void whatTheRulesOfNowReadIsNeverOver() {
        after.earlier().get(0).end(Map.of());

        assertThat(after.isOver(new TopicPartition("new", 0), 1_000)).isFalse();
        assertThat(before.isOver(OLD, 1_000)).isFalse();
    }

    @Test
    void whereTheRulesOfNowMakeAMessageEarlierOnesAreNotAsked() {
        ReadRules other = before.replacedBy(exposing("old", "other/{key}"));

        assertThat(topicOf(other.toMessage(row("old", 5)))).isEqualTo("other/k");
    }

    @Test
    void theOldestRulesAreForgotten() {
        ReadRules rules = before;
        for (int i = 0; i < ReadRules.EARLIER_MAX; i++) {
            rules = rules.replacedBy(exposing("new" + i, "m/{key}"));
        }
        assertThat(topicOf(rules.toMessage(row("old", 5)))).isEqualTo("m/k");

        rules = rules.replacedBy(exposing("newest", "m/{key}"));

        assertThat(rules.earlier()).hasSize(ReadRules.EARLIER_MAX);
        assertThat(topicOf(rules.toMessage(row("old", 5)))).isEqualTo("none");
        assertThat(rules.demand("old", ALL).isNone()).isTrue();
    }
}
