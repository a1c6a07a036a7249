package io.sluice.mqtt.sweep;

import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.session.OutboundMessage;
import java.util.List;

/**
 * What one stretch holds for the riders of one loop.
 *
 * @param sweep whose stretch it is: a key, its fields are not for the loop
 * @param partition the partition
 * @param from where the stretch begins
 * @param to the next offset after it
 * @param gap records of it that retention had deleted
 * @param isReplay whether it is for those who have boarded alone, as the others have had it
 * @param boarded who takes part from this stretch on
 * @param full who rides no further than this stretch
 * @param entries the records that match on this loop, in the order of their offsets
 */
record SweptBatch(
        Sweep sweep,
        LogPartition partition,
        long from,
        long to,
        long gap,
        boolean isReplay,
        List<SweepRide> boarded,
        List<Full> full,
        List<Entry> entries) {

    /** A rider that has got what it takes, and the offset before which its ride ends. */
    record Full(SweepRide ride, long next) {}

    /** A record with the riders that have a filter for it. */
    record Entry(OutboundMessage message, long offset, long timestampMillis, List<SweepRide> rides) {}
}
