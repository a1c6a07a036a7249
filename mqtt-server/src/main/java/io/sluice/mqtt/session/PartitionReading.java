package io.sluice.mqtt.session;

import org.jspecify.annotations.Nullable;

/**
 * Where a session stands in a partition in which it does not simply follow the tail. Confined to its loop.
 *
 * <pre>
 *   (no reading: tailing) ──buffer full at offset o──▶ LAGGING(next = o)
 *   LAGGING ──read up to next ≥ joinFrom and ≥ the loop's tail──▶ JOINED(next) ──tail passes next──▶ (no reading)
 * </pre>
 */
final class PartitionReading {

    /** Where it stands while it does not ride. */
    private long next;

    private Sweeps.@Nullable Ride ride;

    /** From this offset on the tail is known to hand over everything that matches. */
    final long joinFrom;

    /** Whether the session follows the tail again, but for what is below next. */
    boolean joined;

    PartitionReading(long next, long joinFrom) {
        this.next = next;
        this.joinFrom = joinFrom;
    }

    /** The next offset to offer to the session: all below was offered. */
    long next() {
        Sweeps.Ride riding = ride;
        return riding == null ? next : riding.next();
    }

    boolean isRiding() {
        return ride != null;
    }

    /** It takes part in a scan from where it stands. */
    void ride(Sweeps.Ride newRide) {
        ride = newRide;
    }

    /** It takes part in none any more, and stands here. */
    void standAt(long offset) {
        ride = null;
        next = offset;
    }

    /** Goes over to the tail when nothing can be missing or come twice, given how far the tail is on the loop. */
    boolean tryJoin(long tailNext) {
        if (!joined && next() >= joinFrom && next() >= tailNext) {
            joined = true;
        }
        return joined;
    }
}
