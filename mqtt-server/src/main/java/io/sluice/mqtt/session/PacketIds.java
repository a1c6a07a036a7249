package io.sluice.mqtt.session;

import java.util.function.IntPredicate;

/** Gives out packet identifiers: never zero, never one that is in use [MQTT-2.2.1-4]. Confined to its loop. */
final class PacketIds {

    private static final int MAX = 65_535;

    private final IntPredicate isInUse;
    private int last;

    PacketIds(IntPredicate isInUse) {
        this.isInUse = isInUse;
    }

    /**
     * The next free id, in a circle, so that an id rests for as long as possible before it comes again.
     *
     * @throws IllegalStateException when all are in use, which the window's limit rules out
     */
    int next() {
        for (int tries = 0; tries < MAX; tries++) {
            last = last == MAX ? 1 : last + 1;
            if (!isInUse.test(last)) {
                return last;
            }
        }
        throw new IllegalStateException("packet ids: all " + MAX + " in use (expected: the window limits them)");
    }
}
