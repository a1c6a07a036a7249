package io.sluice.mqtt.delivery;

import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.port.LogPartition;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What topic names matched, as long as no subscription comes or goes. Safe for the threads of the tails: each partition
 * has a map of its own, which only the tail that reads the partition touches.
 */
final class MatchCache {

    /** About what an entry costs beside its references, in references. */
    private static final int ENTRY_COST = 16;

    private static final int BYTES_OF_REFERENCE = 4;

    private final long version;
    private final long costMax;
    private final ConcurrentMap<LogPartition, Map<TopicName, Matched>> partitions = new ConcurrentHashMap<>();
    private final AtomicLong cost = new AtomicLong();

    /**
     * @param version of the index: what was matched at another is not for this cache, and would keep sessions in memory that
     *     are gone
     * @param costMax about how many references it may hold
     */
    MatchCache(long version, long costMax) {
        this.version = version;
        this.costMax = costMax;
    }

    /** The names of one partition. */
    Map<TopicName, Matched> of(LogPartition partition) {
        return partitions.computeIfAbsent(partition, ignored -> new HashMap<>());
    }

    boolean isOf(long indexVersion) {
        return version == indexVersion;
    }

    /** Keeps the result. Returns false when all that is kept has become too much: then it is time for a new cache. */
    boolean keep(Map<TopicName, Matched> names, TopicName name, Matched matched) {
        Matched before = names.put(name, matched);
        long change = before == null ? cost(name, matched) : cost(name, matched) - cost(name, before);
        return cost.addAndGet(change) <= costMax;
    }

    private static long cost(TopicName name, Matched matched) {
        return (long) ENTRY_COST + name.value().length() / BYTES_OF_REFERENCE + matched.cost();
    }

    long cost() {
        return cost.get();
    }
}
