package io.sluice.kafka.topic;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;

/**
 * A Kafka topic as it was last seen. Immutable.
 *
 * @param id Kafka's own id: another one under the same name is another topic
 * @param partitionCounts how many partitions it has, and before that how many it was seen to have; never empty
 */
public record KnownTopic(Uuid id, List<Integer> partitionCounts) {

    public KnownTopic {
        partitionCounts = List.copyOf(partitionCounts);
    }

    /** A topic that is seen for the first time. */
    public KnownTopic(Uuid id, int partitions) {
        this(id, List.of(partitions));
    }

    /** How many partitions it has. */
    public int partitions() {
        return partitionCounts.get(0);
    }

    /** The same topic with what was known of it before. It never shrinks: a broker that says so is behind. */
    KnownTopic after(KnownTopic earlier) {
        if (!id.equals(earlier.id)) {
            return this;
        }
        if (partitions() <= earlier.partitions()) {
            return earlier;
        }
        List<Integer> counts = new ArrayList<>();
        counts.add(partitions());
        counts.addAll(earlier.partitionCounts);
        return new KnownTopic(id, counts);
    }
}
