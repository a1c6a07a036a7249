package io.sluice.mqtt.sweep;

import java.util.LinkedHashSet;
import java.util.Set;

/** How far a sweep has come on a loop, and who rides with it there. Confined to the loop. */
final class LoopSweep {

    /** All below was offered to the riders of this loop. */
    long next;

    final Set<SweepRide> riders = new LinkedHashSet<>();
}
