package io.sluice.kafka.mapping;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.common.utils.Utils;

/**
 * What a filter needs of one Kafka topic: nothing, all of it, or the partitions of some keys. Immutable.
 *
 * @param whole whether any partition may hold what the filter matches
 * @param keyHashes where it is not whole: of each key that a matching record can have, {@link #hash}
 */
public record TopicDemand(boolean whole, Set<Integer> keyHashes) {

    /** Nothing. */
    public static final TopicDemand NONE = new TopicDemand(false, Set.of());

    static final TopicDemand WHOLE = new TopicDemand(true, Set.of());

    public TopicDemand {
        keyHashes = Set.copyOf(keyHashes);
    }

    static TopicDemand ofKey(byte[] key) {
        return new TopicDemand(false, Set.of(hash(key)));
    }

    /** Of a key what Kafka's Java client takes modulo the partitions: murmur2, not negative. */
    static int hash(byte[] key) {
        return Utils.toPositive(Utils.murmur2(key));
    }

    /** Where either may be. */
    public TopicDemand and(TopicDemand other) {
        if (whole || other.whole) {
            return WHOLE;
        }
        if (keyHashes.isEmpty() || other.keyHashes.isEmpty()) {
            return keyHashes.isEmpty() ? other : this;
        }
        Set<Integer> both = new HashSet<>(keyHashes);
        both.addAll(other.keyHashes);
        return new TopicDemand(false, both);
    }

    /** Whether the topic holds nothing that the filter matches. */
    public boolean isNone() {
        return !whole && keyHashes.isEmpty();
    }

    /** Whether only the partitions of some keys are needed. */
    public boolean isOfKeys() {
        return !whole && !keyHashes.isEmpty();
    }

    /**
     * Whether the partition may hold what the filter matches.
     *
     * @param partition its number
     * @param partitionCounts how many partitions the topic has, and has had: a key's records from before it grew are
     *     where they were
     */
    public boolean includes(int partition, Collection<Integer> partitionCounts) {
        if (whole) {
            return true;
        }
        for (int hash : keyHashes) {
            for (int count : partitionCounts) {
                if (hash % count == partition) {
                    return true;
                }
            }
        }
        return false;
    }
}
