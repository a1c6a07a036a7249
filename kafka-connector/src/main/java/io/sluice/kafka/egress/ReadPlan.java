package io.sluice.kafka.egress;

import io.sluice.kafka.mapping.RuleSet;
import io.sluice.kafka.topic.KnownTopic;
import io.sluice.mqtt.message.TopicFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Which partitions are in demand: filters ∩ rules ∩ Kafka's topics. Confined to its tail's thread.
 *
 * <p>A filter is matched against the topics once when the first subscriber brings it, a topic against the filters once
 * when it appears; how many filters want a topic is counted.
 */
final class ReadPlan {

    private final RuleSet rules;
    private final Predicate<TopicPartition> isOurs;
    private final Map<TopicFilter, Demand> demands = new HashMap<>();
    private final Map<String, Integer> filtersByTopic = new HashMap<>();
    private Map<String, KnownTopic> topics = Map.of();

    /** A filter in demand and how many hold it. */
    private static final class Demand {
        private final Predicate<String> reads;
        private int holders;

        Demand(Predicate<String> reads) {
            this.reads = reads;
        }
    }

    /**
     * What a change of Kafka's topics means.
     *
     * @param gone partitions that are no more
     * @param appeared partitions that are new and in demand
     */
    record Changes(List<TopicPartition> gone, List<TopicPartition> appeared) {}

    /** @param isOurs which partitions this tail reads; the others are another tail's */
    ReadPlan(RuleSet rules, Predicate<TopicPartition> isOurs) {
        this.rules = rules;
        this.isOurs = isOurs;
    }

    /** One more holds the filter. */
    void add(TopicFilter filter) {
        Demand demand = demands.get(filter);
        if (demand == null) {
            demand = new Demand(rules.topicsFor(filter));
            demands.put(filter, demand);
            for (String topic : topics.keySet()) {
                if (demand.reads.test(topic)) {
                    filtersByTopic.merge(topic, 1, Integer::sum);
                }
            }
        }
        demand.holders++;
    }

    /** One less holds the filter. */
    void remove(TopicFilter filter) {
        Demand demand = demands.get(filter);
        if (demand == null || --demand.holders > 0) {
            return;
        }
        demands.remove(filter);
        for (String topic : topics.keySet()) {
            if (demand.reads.test(topic)) {
                filtersByTopic.computeIfPresent(topic, (name, filters) -> filters == 1 ? null : filters - 1);
            }
        }
    }

    boolean isDemanded(String topic) {
        return filtersByTopic.containsKey(topic);
    }

    /** The partitions of ours that hold messages which the filter matches. The filter is in demand. */
    List<TopicPartition> partitions(TopicFilter filter) {
        Demand demand = demands.get(filter);
        List<TopicPartition> partitions = new ArrayList<>();
        if (demand != null) {
            topics.forEach((name, topic) -> {
                if (demand.reads.test(name)) {
                    addOurs(name, topic, number -> true, partitions);
                }
            });
        }
        return partitions;
    }

    boolean isCurrent(Map<String, KnownTopic> now) {
        return topics == now;
    }

    /** Takes the topics as they are now. */
    Changes update(Map<String, KnownTopic> now) {
        List<TopicPartition> gone = new ArrayList<>();
        List<TopicPartition> appeared = new ArrayList<>();
        topics.forEach((name, topic) -> {
            KnownTopic next = now.get(name);
            if (next == null || !next.id().equals(topic.id())) {
                addOurs(name, topic, number -> true, gone);
                filtersByTopic.remove(name);
            }
        });
        now.forEach((name, topic) -> {
            KnownTopic last = topics.get(name);
            boolean isSame = last != null && last.id().equals(topic.id());
            if (!isSame) {
                countFilters(name);
            }
            if (isDemanded(name)) {
                int known = isSame ? partitions(last) : 0;
                addOurs(name, topic, number -> number >= known, appeared);
            }
        });
        topics = now;
        return new Changes(gone, appeared);
    }

    private static int partitions(@Nullable KnownTopic topic) {
        return topic == null ? 0 : topic.partitions();
    }

    private void countFilters(String topic) {
        int filters = 0;
        for (Demand demand : demands.values()) {
            if (demand.reads.test(topic)) {
                filters++;
            }
        }
        if (filters > 0) {
            filtersByTopic.put(topic, filters);
        }
    }

    private void addOurs(String name, KnownTopic topic, IntPredicate isWanted, List<TopicPartition> partitions) {
        for (int number = 0; number < topic.partitions(); number++) {
            TopicPartition partition = new TopicPartition(name, number);
            if (isWanted.test(number) && isOurs.test(partition)) {
                partitions.add(partition);
            }
        }
    }
}
