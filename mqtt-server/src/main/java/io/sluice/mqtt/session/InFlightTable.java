package io.sluice.mqtt.session;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is in flight, by packet identifier and in the order in which it was first sent. Confined to its loop.
 *
 * <p>A table of chains by the identifier's low bits: identifiers are given out in a circle, so that a chain is one long as
 * a rule, and nothing is allocated for an entry but the entry. As large as what was in flight at once asked for.
 */
final class InFlightTable {

    private static final int SLOTS_MIN = 16;

    private @Nullable InFlight[] slots = new InFlight[0];
    private @Nullable InFlight oldest;
    private @Nullable InFlight newest;
    private int size;

    int size() {
        return size;
    }

    @Nullable
    InFlight get(int packetId) {
        if (slots.length == 0) {
            return null;
        }
        InFlight found = slots[packetId & (slots.length - 1)];
        while (found != null && found.packetId != packetId) {
            found = found.nextInSlot;
        }
        return found;
    }

    boolean contains(int packetId) {
        return get(packetId) != null;
    }

    /** Adds one whose identifier is not in use. */
    void add(InFlight added) {
        if (size == slots.length) {
            grow();
        }
        put(added);
        added.older = newest;
        if (newest == null) {
            oldest = added;
        } else {
            newest.newer = added;
        }
        newest = added;
        size++;
    }

    private void put(InFlight added) {
        int slot = added.packetId & (slots.length - 1);
        added.nextInSlot = slots[slot];
        slots[slot] = added;
    }

    private void grow() {
        slots = new InFlight[Math.max(SLOTS_MIN, 2 * slots.length)];
        for (InFlight one = oldest; one != null; one = one.newer) {
            put(one);
        }
    }

    void remove(int packetId) {
        InFlight removed = get(packetId);
        if (removed == null) {
            return;
        }
        unchain(removed);
        if (removed.older == null) {
            oldest = removed.newer;
        } else {
            removed.older.newer = removed.newer;
        }
        if (removed.newer == null) {
            newest = removed.older;
        } else {
            removed.newer.older = removed.older;
        }
        size--;
    }

    private void unchain(InFlight removed) {
        int slot = removed.packetId & (slots.length - 1);
        InFlight before = slots[slot];
        if (before == removed) {
            slots[slot] = removed.nextInSlot;
            return;
        }
        while (before != null) {
            if (before.nextInSlot == removed) {
                before.nextInSlot = removed.nextInSlot;
                return;
            }
            before = before.nextInSlot;
        }
    }

    /** What was sent first of all that is in flight, or null. */
    @Nullable
    InFlight oldest() {
        return oldest;
    }

    /** In the order in which they were first sent. */
    List<InFlight> inOrder() {
        List<InFlight> all = new ArrayList<>(size);
        for (InFlight one = oldest; one != null; one = one.newer) {
            all.add(one);
        }
        return all;
    }
}
