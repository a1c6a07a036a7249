package io.sluice.mqtt.session;

import io.sluice.mqtt.port.LogPartition;

/** How far the tails have come on a loop. Confined to the loop. */
public interface TailPositions {

    /** No batch of the partition has come to this loop yet. */
    long UNKNOWN = -1;

    /** The offset after the last batch of the partition that this loop has handled, or {@link #UNKNOWN}. */
    long next(LogPartition partition);

    /** Who follows the tails on this loop is told of what they could not read. */
    default void follow(Follower follower) {}

    /** It follows no more. */
    default void unfollow(Follower follower) {}

    /** Follows the tails. */
    interface Follower {
        /** Retention had deleted the records in [from, to) before the tail had read them. On the loop. */
        void onGap(LogPartition partition, long from, long to);
    }
}
