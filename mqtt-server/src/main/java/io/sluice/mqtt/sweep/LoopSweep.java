package io.sluice.mqtt.sweep;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;

/** How far a sweep has come on a loop, and who rides with it there. Confined to the loop. */
final class LoopSweep {

    /** All below was offered to the riders of this loop. */
    long next;

    final Set<SweepRide> riders = new LinkedHashSet<>();

    private final Consumer<LoopSweep> onEmpty;

    /** @param onEmpty told when the last rider has left */
    LoopSweep(Consumer<LoopSweep> onEmpty) {
        this.onEmpty = onEmpty;
    }

    void leave(SweepRide ride) {
        if (riders.remove(ride) && riders.isEmpty()) {
            onEmpty.accept(this);
        }
    }
}
