package io.sluice.kafka.egress;

import io.sluice.kafka.mapping.TopicDemand;
import io.sluice.kafka.topic.KnownTopic;
import io.sluice.mqtt.message.TopicFilter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * Which partitions are in demand: filters ∩ rules ∩ Kafka's topics. Confined to its tail's thread.
 *
 * <p>A filter is matched against the topics once when the first subscriber brings it, a topic against the filters once
 * when it appears or grows; how many want a partition is counted.
 */
final class ReadPlan {

    private ReadRules rules;
    private final Predicate<TopicPartition> isOurs;
    /** Filters in demand and how many hold each. */
    private final Map<TopicFilter, Integer> holders = new HashMap<>();
    /** Of partitions that a cursor is in though the filter alone would not need them: how many have one. */
    private final Map<TopicPartition, Integer> held = new HashMap<>();

    /** How many filters need all partitions of a topic, and how many this one for its key. */
    private final Map<String, Integer> wholeTopics = new HashMap<>();

    private final Map<TopicPartition, Integer> partitions = new HashMap<>();
    private Map<String, KnownTopic> topics = Map.of();

    /**
     * What a change of Kafka's topics means.
     *
     * @param gone partitions that are no more
     * @param appeared partitions that are new in demand
     */
    record Changes(List<TopicPartition> gone, List<TopicPartition> appeared) {}

    /** @param isOurs which partitions this tail reads; the others are another tail's */
    ReadPlan(ReadRules rules, Predicate<TopicPartition> isOurs) {
        this.rules = rules;
        this.isOurs = isOurs;
    }

    /**
     * One more holds the filter.
     *
     * @param heldToo partitions that it needs besides, though the filter alone would not
     */
    void add(TopicFilter filter, Collection<TopicPartition> heldToo) {
        if (increment(holders, filter)) {
            topics.forEach((name, topic) -> count(name, topic, filter, ReadPlan::increment));
        }
        heldToo.forEach(partition -> increment(held, partition));
    }

    /** One less holds the filter, with the same partitions besides. */
    void remove(TopicFilter filter, Collection<TopicPartition> heldToo) {
        heldToo.forEach(partition -> decrement(held, partition));
        if (decrement(holders, filter)) {
            topics.forEach((name, topic) -> count(name, topic, filter, ReadPlan::decrement));
        }
    }

    /** Whether it was the first. */
    private static <T> boolean increment(Map<T, Integer> counts, T key) {
        return counts.merge(key, 1, Integer::sum) == 1;
    }

    /** Whether it was the last. */
    private static <T> boolean decrement(Map<T, Integer> counts, T key) {
        Integer count = counts.get(key);
        if (count == null || count > 1) {
            counts.computeIfPresent(key, (ignored, many) -> many - 1);
            return false;
        }
        counts.remove(key);
        return true;
    }

    private void count(String name, KnownTopic topic, TopicFilter filter, Step step) {
        TopicDemand demand = rules.demand(name, filter);
        if (demand.whole()) {
            step.on(wholeTopics, name);
        } else if (!demand.isNone()) {
            forEachPartition(name, topic, demand, partition -> step.on(partitions, partition));
        }
    }

    /** One more or one less. */
    private interface Step {
        <T> boolean on(Map<T, Integer> counts, T key);
    }

    boolean isDemanded(TopicPartition partition) {
        return wholeTopics.containsKey(partition.topic())
                || partitions.containsKey(partition)
                || (held.containsKey(partition) && exists(partition));
    }

    /** Kafka's id of a topic that is known. */
    Uuid topicId(String name) {
        KnownTopic topic = topics.get(name);
        return topic == null ? Uuid.ZERO_UUID : topic.id();
    }

    private boolean exists(TopicPartition partition) {
        KnownTopic topic = topics.get(partition.topic());
        return topic != null && partition.partition() < topic.partitions();
    }

    /** The partitions of ours that hold messages which the filter matches, and those held besides. */
    Set<TopicPartition> partitions(TopicFilter filter, Collection<TopicPartition> heldToo) {
        Set<TopicPartition> found = new HashSet<>();
        topics.forEach((name, topic) -> forEachPartition(name, topic, rules.demand(name, filter), found::add));
        for (TopicPartition partition : heldToo) {
            if (exists(partition) && isOurs.test(partition)) {
                found.add(partition);
            }
        }
        return found;
    }

    boolean isCurrent(Map<String, KnownTopic> now) {
        return topics == now;
    }

    /** Takes the topics as they are now. */
    Changes update(Map<String, KnownTopic> now) {
        List<TopicPartition> gone = new ArrayList<>();
        Set<TopicPartition> before = new HashSet<>();
        topics.forEach((name, topic) -> {
            KnownTopic next = now.get(name);
            boolean isSame = next != null && next.id().equals(topic.id());
            for (int number = 0; number < topic.partitions(); number++) {
                TopicPartition partition = new TopicPartition(name, number);
                if (isSame && isDemanded(partition)) {
                    before.add(partition);
                } else if (!isSame && isOurs.test(partition)) {
                    gone.add(partition);
                }
                if (!topic.equals(next)) {
                    partitions.remove(partition);
                }
            }
            if (!topic.equals(next)) {
                wholeTopics.remove(name);
            }
        });
        Map<String, KnownTopic> last = topics;
        topics = now;
        List<TopicPartition> appeared = new ArrayList<>();
        now.forEach((name, topic) -> {
            if (!topic.equals(last.get(name))) {
                holders.keySet().forEach(filter -> count(name, topic, filter, ReadPlan::increment));
                for (int number = 0; number < topic.partitions(); number++) {
                    TopicPartition partition = new TopicPartition(name, number);
                    if (isOurs.test(partition) && isDemanded(partition) && !before.contains(partition)) {
                        appeared.add(partition);
                    }
                }
            }
        });
        return new Changes(gone, appeared);
    }

    boolean hasRules(ReadRules now) {
        return rules == now;
    }

    /** Whether the partition is in demand for what is before this offset alone. */
    boolean isOver(TopicPartition partition, long next) {
        return rules.isOver(partition, next);
    }

    /** Takes the rules as they are now: everything is matched anew. */
    Changes update(ReadRules now) {
        Set<TopicPartition> before = demanded();
        rules = now;
        wholeTopics.clear();
        partitions.clear();
        topics.forEach(
                (name, topic) -> holders.keySet().forEach(filter -> count(name, topic, filter, ReadPlan::increment)));
        Set<TopicPartition> after = demanded();
        List<TopicPartition> gone = new ArrayList<>(before);
        gone.removeAll(after);
        List<TopicPartition> appeared = new ArrayList<>(after);
        appeared.removeAll(before);
        return new Changes(gone, appeared);
    }

    private Set<TopicPartition> demanded() {
        Set<TopicPartition> demanded = new HashSet<>();
        topics.forEach((name, topic) -> {
            for (int number = 0; number < topic.partitions(); number++) {
                TopicPartition partition = new TopicPartition(name, number);
                if (isOurs.test(partition) && isDemanded(partition)) {
                    demanded.add(partition);
                }
            }
        });
        return demanded;
    }

    private void forEachPartition(
            String name, KnownTopic topic, TopicDemand demand, Consumer<TopicPartition> consumer) {
        for (int number = 0; number < topic.partitions() && !demand.isNone(); number++) {
            TopicPartition partition = new TopicPartition(name, number);
            if (isOurs.test(partition) && demand.includes(number, topic.partitionCounts())) {
                consumer.accept(partition);
            }
        }
    }
}
