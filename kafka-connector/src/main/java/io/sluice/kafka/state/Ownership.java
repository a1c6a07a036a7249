package io.sluice.kafka.state;

import org.jspecify.annotations.Nullable;

/**
 * Who owns a client's session, as the log says: every instance that replays the same records comes to the same. Pure;
 * confined to the replaying thread.
 *
 * <pre>
 *   free ──claim──▶ owned ──release──▶ free
 *                    │  ▲                 │ a claim waits
 *              claim │  └────release──────┘
 *                    ▼
 *            owned, and the last claim waits
 * </pre>
 *
 * The last claim waits for the owner's release; claims between the two never have their turn.
 */
final class Ownership {

    /**
     * A claim.
     *
     * @param epoch its offset
     * @param instance who made it
     * @param number the instance's own number of it
     */
    record Claimed(long epoch, String instance, long number) {}

    private @Nullable Claimed owner;
    private @Nullable Claimed waiting;
    private long contentEpoch = -1;

    /** Whom the session belongs to, or null while it is nobody's. */
    @Nullable
    Claimed owner() {
        return owner;
    }

    /** Who has it when the owner releases it, or null. */
    @Nullable
    Claimed waiting() {
        return waiting;
    }

    /** A claim comes. Returns whether it owns the session at once. */
    boolean onClaim(Claimed claimed) {
        if (owner == null) {
            owner = claimed;
            return true;
        }
        waiting = claimed;
        return false;
    }

    /**
     * A word about the session itself, by which an owner begins, goes on, or releases.
     *
     * @param writer who claims to own it
     * @param held whether it goes on owning it
     * @return whether it counts: one of an owner before the last that was heard of does not, as of a process that was
     *     taken for dead and woke up
     */
    boolean onContent(Claimed writer, boolean held) {
        if (writer.epoch() < contentEpoch) {
            return false;
        }
        contentEpoch = writer.epoch();
        Claimed known = owner;
        if (held) {
            // Compaction may have taken the claim, never the word.
            owner = known == null ? writer : known;
        } else if (known != null && known.epoch() <= writer.epoch()) {
            owner = waiting;
            waiting = null;
        }
        return true;
    }

    /** A word about a part of the session. Returns whether it counts. */
    boolean onPart(long epoch) {
        return epoch >= contentEpoch;
    }

    boolean isFree() {
        return owner == null;
    }
}
