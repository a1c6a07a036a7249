package io.sluice.mqtt.port;

import io.sluice.mqtt.message.TopicFilter;
import java.util.Collection;
import reactor.core.publisher.Mono;

/**
 * Where messages for subscribers come from: a partitioned log of which only that is read which somebody subscribes to.
 *
 * <p>A partition that is in demand is read once, by a <i>tail</i>, and handed to the {@link DeliverySink}. Whoever is
 * behind the tail reads by {@link #read} until it meets the tail again.
 */
public interface Egress {

    /**
     * Starts reading what the filter can match, or joins those who do.
     *
     * <p>For each partition that holds such messages now, {@link StartListener#onStart} fixes the offset at which the
     * subscriber begins, at the partition's last stable offset, on the thread that reads the partition and before any
     * record at or above this offset is given to the sink. The result comes after all of these calls. A partition that
     * appears later is read from its first record, without a call.
     *
     * @param held partitions in which the subscriber has a cursor from before: they are read as well, should the log by
     *     now keep elsewhere what the filter matches
     * @return the reading, on any thread; waits while the log is away. Cancelling it gives up.
     */
    Mono<Reading> open(TopicFilter filter, Collection<LogPartition> held, StartListener listener);

    /**
     * Reads a stretch of a partition once, from the offset towards the last stable offset: for whoever is behind the
     * tail. Completes on any thread, with an empty stretch when there is nothing beyond the offset yet.
     *
     * @param partition what to read
     * @param from the first offset wanted; when retention has deleted it, reading starts at the oldest record
     * @param bytesMax about how much to read at once
     * @return the stretch, or {@link PartitionGoneException} when the partition's topic was deleted
     */
    Mono<LogBatch> read(LogPartition partition, long from, int bytesMax);

    /** The sink has room again after {@link DeliverySink#accept} returned false. Any thread. */
    void resume();

    /** Told where a subscriber begins in a partition. */
    interface StartListener {
        /** Called on the thread that reads the partition. Must be quick and must not throw. */
        void onStart(LogPartition partition, long offset);
    }

    /** Demand for one filter, held by one subscriber. Safe for all threads. */
    interface Reading {

        /** The partitions that the filter can match, as known now; grows when topics appear. */
        Collection<LogPartition> partitions();

        /** Ends the demand. What nobody demands is not read any more. Idempotent. */
        void close();
    }
}
