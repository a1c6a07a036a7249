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

    /** The records. */
    List<ProducerRecord<byte[], byte[]>> rows();

    /** Who writes it: null for this instance's own transactions, which end with it. */
    default @Nullable GroupCommit by() {
        return null;
    }

    /** Whether the log has them, as far as it goes now. Blocks. */
    boolean isWritten();
}
