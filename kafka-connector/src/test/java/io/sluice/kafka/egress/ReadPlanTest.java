package io.sluice.kafka.egress;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kafka.mapping.EgressRule;
import io.sluice.kafka.mapping.Partitioner;
import io.sluice.kafka.mapping.RuleSet;
import io.sluice.kafka.topic.KnownTopic;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;

final class ReadPlanTest {

    private static final Uuid ID = Uuid.randomUuid();
    private static final TopicFilter ONE = TopicFilter.of("commands/7");
    private static final TopicFilter ALL = TopicFilter.of("commands/+");
    private static final int HASH = Utils.toPositive(Utils.murmur2(new byte[] {'7'}));

    private final ReadPlan plan = plan(Partitioner.MURMUR2);

    private static ReadPlan plan(Partitioner partitioner) {
        EgressRule rule = new EgressRule("r", "commands", "commands/{key}", Qos.AT_LEAST_ONCE, partitioner);
        return new ReadPlan(new ReadRules(RuleSet.of(List.of(), List.of(rule))), partition -> true);
    }

    private static Map<String, KnownTopic> topics(Integer... partitionCounts) {
        return Map.of("commands", new KnownTopic(ID, List.of(partitionCounts)), "other", new KnownTopic(ID, 3));
    }

    private static TopicPartition partition(int number) {
        return new TopicPartition("commands", number);
    }

    private List<Integer> demanded(int partitions) {
        return IntStream.range(0, partitions)
                .filter(number -> plan.isDemanded(partition(number)))
                .boxed()
                .toList();
    }

    @Test
    void aFilterThatSaysTheKeyNeedsOnePartition() {
        plan.update(topics(12));
        plan.add(ONE, List.of());

        assertThat(plan.partitions(ONE, List.of())).containsExactly(partition(HASH % 12));
        assertThat(demanded(12)).containsExactly(HASH % 12);
        plan.add(ALL, List.of());
        assertThat(demanded(12)).hasSize(12);
        plan.remove(ALL, List.of());
        assertThat(demanded(12)).containsExactly(HASH % 12);
        plan.remove(ONE, List.of());
        assertThat(demanded(12)).isEmpty();
    }

    @Test
    void whereRecordsMayBeAnywhereItNeedsAll() {
        ReadPlan any = plan(Partitioner.ANY);
        any.update(topics(12));
        any.add(ONE, List.of());

        assertThat(any.partitions(ONE, List.of())).hasSize(12);
    }

    @Test
    void aTopicThatAppearsIsReadWhereItsKeyIs() {
        plan.add(ONE, List.of());

        assertThat(plan.update(topics(12)).appeared()).containsExactly(partition(HASH % 12));
    }

    @Test
    void aTopicThatGrowsIsReadWhereTheKeyWasAndIs() {
        plan.add(ONE, List.of());
        plan.update(topics(5));
        assertThat(HASH % 5).isNotEqualTo(HASH % 12);

        ReadPlan.Changes changes = plan.update(topics(12, 5));

        assertThat(changes.gone()).isEmpty();
        assertThat(changes.appeared()).containsExactly(partition(HASH % 12));
        assertThat(plan.partitions(ONE, List.of()))
                .containsExactlyInAnyOrder(partition(HASH % 5), partition(HASH % 12));
    }

    @Test
    void whereACursorIsLeftIsReadAsWell() {
        plan.update(topics(12));
        List<TopicPartition> held = List.of(partition(HASH % 5), partition(99));
        plan.add(ONE, held);

        assertThat(plan.partitions(ONE, held)).containsExactlyInAnyOrder(partition(HASH % 5), partition(HASH % 12));
        assertThat(plan.isDemanded(partition(HASH % 5))).isTrue();
        assertThat(plan.isDemanded(partition(99))).isFalse();
        plan.remove(ONE, held);
        assertThat(demanded(12)).isEmpty();
    }

    @Test
    void otherRulesChangeWhatIsInDemandAndTheirTakingBackAsWell() {
        ReadRules now = new ReadRules(RuleSet.of(List.of(), List.of(exposing("commands"))));
        ReadPlan changing = new ReadPlan(now, partition -> true);
        changing.update(topics(2));
        changing.add(ALL, List.of());

        ReadRules next = now.replacedBy(RuleSet.of(List.of(), List.of(exposing("other"))));
        ReadPlan.Changes changes = changing.update(next);

        assertThat(changing.hasRules(next)).isTrue();
        assertThat(changes.gone()).as("what was written before is read still").isEmpty();
        assertThat(changes.appeared())
                .containsExactlyInAnyOrder(
                        new TopicPartition("other", 0), new TopicPartition("other", 1), new TopicPartition("other", 2));
        changing.remove(ALL, List.of());
        assertThat(changing.isDemanded(partition(0))).isFalse();
        assertThat(changing.isDemanded(new TopicPartition("other", 0))).isFalse();
    }

    @Test
    void whatForgottenRulesAloneHaveReadIsReadNoMore() {
        ReadRules rules = new ReadRules(RuleSet.of(List.of(), List.of(exposing("commands"))));
        ReadPlan changing = new ReadPlan(rules, partition -> true);
        changing.update(topics(2));
        changing.add(ALL, List.of());

        for (int i = 0; i <= ReadRules.EARLIER_MAX; i++) {
            rules = rules.replacedBy(RuleSet.of(List.of(), List.of(exposing("none" + i))));
        }

        assertThat(changing.update(rules).gone()).containsExactlyInAnyOrder(partition(0), partition(1));
    }

    private static EgressRule exposing(String kafkaTopic) {
        return new EgressRule("r", kafkaTopic, "commands/{key}", Qos.AT_LEAST_ONCE, Partitioner.ANY);
    }

    @Test
    void aTopicThatIsMadeAnewIsReadFromTheBeginning() {
        plan.add(ALL, List.of());
        plan.update(topics(3));
        Map<String, KnownTopic> anew = new HashMap<>(topics(3));
        anew.put("commands", new KnownTopic(Uuid.randomUuid(), 2));

        ReadPlan.Changes changes = plan.update(anew);

        assertThat(changes.gone()).hasSize(3);
        assertThat(changes.appeared()).containsExactlyInAnyOrder(partition(0), partition(1));
        plan.remove(ALL, List.of());
        assertThat(demanded(3)).isEmpty();
    }
}
