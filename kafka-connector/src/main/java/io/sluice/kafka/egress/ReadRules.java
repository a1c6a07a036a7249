package io.sluice.kafka.egress;

import io.sluice.kafka.mapping.MappingSettings;
import io.sluice.kafka.mapping.RecordMapping;
import io.sluice.kafka.mapping.RuleSet;
import io.sluice.kafka.mapping.TopicDemand;
import io.sluice.mqtt.message.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The rules by which records are read: those of now, and those that were in force when what is still to be read was
 * written. Safe for all threads: immutable, but for where the time of earlier rules ends, which is told once.
 */
final class ReadRules {

    /** Rules before that many changes are forgotten: whoever is still behind them loses what they alone made messages. */
    static final int EARLIER_MAX = 4;

    /** What earlier rules remember of mappings: they are asked for what is read late. */
    private static final long EARLIER_CACHE_BYTES = 1 << 20;

    /** Rules that were replaced. */
    static final class Earlier {
        private final RuleSet rules;
        private volatile @Nullable Map<TopicPartition, Long> ends;

        private Earlier(RuleSet rules) {
            this.rules = rules;
        }

        RuleSet rules() {
            return rules;
        }

        /** From these offsets on they mean nothing any more; a partition that is not among them had nothing of theirs. */
        void end(Map<TopicPartition, Long> offsets) {
            ends = Map.copyOf(offsets);
        }

        private boolean covers(TopicPartition partition, long offset) {
            Map<TopicPartition, Long> known = ends;
            return known == null || offset < known.getOrDefault(partition, 0L);
        }
    }

    private final RuleSet current;
    /** The oldest first. */
    private final List<Earlier> earlier;

    ReadRules(RuleSet current) {
        this(current, List.of());
    }

    private ReadRules(RuleSet current, List<Earlier> earlier) {
        this.current = current;
        this.earlier = List.copyOf(earlier);
    }

    /** The same with other rules from now on; those of before are the last of {@link #earlier}. */
    ReadRules replacedBy(RuleSet next) {
        List<Earlier> kept = new ArrayList<>(earlier);
        MappingSettings settings =
                new MappingSettings(EARLIER_CACHE_BYTES, MappingSettings.DEFAULTS.reservedPrefixes());
        kept.add(new Earlier(RuleSet.of(current.ingressRules(), current.egressRules(), settings)));
        return new ReadRules(next, kept.size() > EARLIER_MAX ? kept.subList(1, kept.size()) : kept);
    }

    List<Earlier> earlier() {
        return earlier;
    }

    /** Where in a Kafka topic messages can be that the filter matches, by the rules of now or by earlier ones. */
    TopicDemand demand(String kafkaTopic, TopicFilter filter) {
        TopicDemand demand = current.demand(kafkaTopic, filter);
        for (Earlier one : earlier) {
            demand = demand.and(one.rules.demand(kafkaTopic, filter));
        }
        return demand;
    }

    /** What a record is to subscribers: what the rules of now pass over may be a message by those of its own time. */
    RecordMapping toMessage(ConsumerRecord<byte[], byte[]> row) {
        RecordMapping mapping = current.toMessage(row.topic(), row.key(), row.value(), row.headers());
        if (earlier.isEmpty() || mapping instanceof RecordMapping.Mapped) {
            return mapping;
        }
        TopicPartition partition = new TopicPartition(row.topic(), row.partition());
        for (int i = earlier.size() - 1; i >= 0; i--) {
            Earlier one = earlier.get(i);
            if (one.covers(partition, row.offset())) {
                RecordMapping then = one.rules.toMessage(row.topic(), row.key(), row.value(), row.headers());
                if (then instanceof RecordMapping.Mapped) {
                    return then;
                }
            }
        }
        return mapping;
    }

    /** Whether from this offset on nothing in the partition is a message: earlier rules alone have read it. */
    boolean isOver(TopicPartition partition, long next) {
        if (earlier.isEmpty() || current.isReadable(partition.topic())) {
            return false;
        }
        for (Earlier one : earlier) {
            if (one.covers(partition, next) && one.rules.isReadable(partition.topic())) {
                return false;
            }
        }
        return true;
    }
}
