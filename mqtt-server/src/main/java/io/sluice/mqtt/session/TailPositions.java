package io.sluice.mqtt.session;

import io.sluice.mqtt.port.LogPartition;

/** How far the tails have come on a loop. Confined to the loop. */
public interface TailPositions {

    /** No batch of the partition has come to this loop yet. */
    long UNKNOWN = -1;

    /** The offset after the last batch of the partition that this loop has handled, or {@link #UNKNOWN}. */
    long next(LogPartition partition);
}
