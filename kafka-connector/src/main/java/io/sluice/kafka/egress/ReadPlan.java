package io.sluice.kafka.egress;

import io.sluice.kafka.mapping.RuleSet;
import io.sluice.kafka.topic.KnownTopic;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.port.LogPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which partitions must be read: for each filter in demand those that can hold what it matches. Confined to the plan's
 * thread, but for {@link Demand#partitions}. Pure: it says what changes, others carry it out.
 */
final class ReadPlan {

    /** The demand for one filter, however many subscribers share it. */
    static final class Demand {
        private final TopicFilter filter;
        private final Predicate<String> topics;
        private volatile Set<LogPartition> partitions = Set.of();
        private int holders;

        private Demand(TopicFilter filter, Predicate<String> topics) {
            this.filter = filter;
            this.topics = topics;
        }

        /** What the filter can match, as known now. Any thread. */
        Collection<LogPartition> partitions() {
            return partitions;
        }
    }

    private final RuleSet rules;
    private final Map<TopicFilter, Demand> demands = new HashMap<>();
    private final Map<LogPartition, Integer> holders = new HashMap<>();

    ReadPlan(RuleSet rules) {
        this.rules = rules;
    }

    /** One more subscriber for the filter. */
    Demand acquire(TopicFilter filter, Map<String, KnownTopic> topics) {
        Demand demand = demands.computeIfAbsent(filter, key -> new Demand(key, rules.topicsFor(key)));
        demand.holders++;
        // Also for a filter that is known: its view may be older than the directory's.
        extend(demand, topics);
        return demand;
    }

    /** One subscriber less. Returns the partitions that nobody needs any more. */
    List<LogPartition> release(Demand demand) {
        demand.holders--;
        if (demand.holders > 0) {
            return List.of();
        }
        demands.remove(demand.filter);
        List<LogPartition> unneeded = new ArrayList<>();
        for (LogPartition partition : demand.partitions) {
            if (holders.merge(partition, -1, Integer::sum) == 0) {
                holders.remove(partition);
                unneeded.add(partition);
            }
        }
        return unneeded;
    }

    /** The topics have changed. Returns the partitions that have appeared and are in demand. */
    List<LogPartition> update(Map<String, KnownTopic> topics) {
        List<LogPartition> appeared = new ArrayList<>();
        for (Demand demand : demands.values()) {
            appeared.addAll(extend(demand, topics));
        }
        return appeared;
    }

    private List<LogPartition> extend(Demand demand, Map<String, KnownTopic> topics) {
        List<LogPartition> appeared = new ArrayList<>();
        Set<LogPartition> now = new HashSet<>(demand.partitions);
        topics.forEach((name, topic) -> {
            if (rules.isReadable(name) && demand.topics.test(name)) {
                for (int i = 0; i < topic.partitions(); i++) {
                    LogPartition partition = new LogPartition(name, i);
                    if (now.add(partition)) {
                        holders.merge(partition, 1, Integer::sum);
                        appeared.add(partition);
                    }
                }
            }
        });
        if (!appeared.isEmpty()) {
            demand.partitions = Set.copyOf(now);
        }
        return appeared;
    }
}
