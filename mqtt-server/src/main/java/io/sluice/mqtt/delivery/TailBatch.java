package io.sluice.mqtt.delivery;

import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.session.OutboundMessage;
import java.util.List;

/**
 * What one stretch of a partition holds for the sessions of one loop.
 *
 * @param partition the partition
 * @param to the next offset of the tail
 * @param gap records before it that retention had deleted before they were read
 * @param entries the records that match on this loop, in the order of their offsets
 */
record TailBatch(LogPartition partition, long to, long gap, List<Entry> entries) {

    /** A record with who gets it on this loop. */
    @SuppressWarnings("ArrayRecordComponent")
    record Entry(OutboundMessage message, long offset, long timestampMillis, Matched.Target[] targets) {}
}
