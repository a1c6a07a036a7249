package io.sluice.kafka.transaction;

import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What goes into Kafka in one transaction with a message: both, or neither. Safe for all threads.
 */
public interface Companion {

    /** Spreads clients over the transactional producers, always the same for a client. */
    int spread();

    /** Companions in one transaction whose sharers are equal share records. By itself each has its own. */
    default Object sharer() {
        return this;
    }

    /**
     * The records of companions that share them: again for each attempt to write them. On the thread that commits.
     *
     * @param together with the same sharer, this one the first
     */
    List<ProducerRecord<byte[], byte[]>> rows(List<Companion> together);

    /** The outcome: in the log, with its message, or not, neither of them. Once, on the thread that commits. */
    default void onOutcome(boolean written) {}

    /** Who writes it: null for this instance's own transactions, which end with it. */
    default @Nullable GroupCommit by() {
        return null;
    }

    /** Whether the log has them, as far as it goes now. Blocks. */
    boolean isWritten();
}
