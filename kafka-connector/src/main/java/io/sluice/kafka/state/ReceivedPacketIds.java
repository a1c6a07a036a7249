package io.sluice.kafka.state;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The packet ids of QoS 2 messages that a client has published and not released, as the owner of its session keeps them
 * in the log: those of one transaction share a record, and those of them that are released together its next. A record has
 * the number of a slot, which another gets only when the log surely has its tombstone. Safe for all threads.
 */
final class ReceivedPacketIds {

    /** Of one record: it is written again as often as some of its packet ids are released and others are not. */
    static final int RECORD_MAX = 128;

    /** Appends to the session's partition, in the order of the calls. */
    interface Writer {
        /** Appends a record; completes when the log has it. */
        CompletionStage<Long> write(String part, byte @Nullable [] value);
    }

    /** A record's packet ids. Guarded as the slots are. */
    static final class Slot {
        private final int number;
        private final Set<Integer> packetIds;
        /** Of them those whose owner has not been told yet that their messages are in the log. */
        private final Set<Integer> untold;

        private boolean committed;
        /** Somebody else's record stands in the log where this one's will, or before it. */
        private boolean stale;
        /** How many records of it the log has yet to take, beside the transaction's. */
        private int unwritten;

        private Slot(int number, Collection<Integer> packetIds) {
            this.number = number;
            this.packetIds = new TreeSet<>(packetIds);
            this.untold = new HashSet<>(packetIds);
        }

        private String part() {
            return SessionKey.received(number);
        }
    }

    private final SessionRecords records;
    private final Writer writer;
    /** By number: what the log has, or may come to have. The lock of all of it. */
    private final Map<Integer, Slot> slots = new HashMap<>();

    private final BitSet numbers = new BitSet();
    /** By packet id, of those that are committed. */
    private final Map<Integer, Slot> committed = new HashMap<>();

    private CompletableFuture<?> lastWrite = CompletableFuture.completedFuture(0L);

    /**
     * @param parts of the session, encoded, by the part of the key
     */
    ReceivedPacketIds(Map<String, byte[]> parts, SessionRecords records, Writer writer) {
        this.records = records;
        this.writer = writer;
        parts.forEach((part, value) -> {
            if (SessionKey.isReceived(part)) {
                load(part, value);
            }
        });
    }

    private void load(String part, byte[] value) {
        Slot slot;
        try {
            slot = new Slot(SessionKey.receivedNumber(part), records.received(value));
        } catch (IOException unreadable) {
            // It was reported when the session was taken up; its key is cleared up with the session.
            slot = new Slot(SessionKey.receivedNumber(part), List.of());
        }
        slot.untold.clear();
        add(slot);
        commit(slot);
    }

    private void add(Slot slot) {
        slots.put(slot.number, slot);
        numbers.set(slot.number);
    }

    private void remove(Slot slot) {
        slots.remove(slot.number);
        numbers.clear(slot.number);
    }

    // ---- on the thread that commits -------------------------------------------------------------------------------

    /** Of these packet ids, which are about to be committed in one transaction, the records. */
    List<Slot> begin(List<Integer> packetIds) {
        synchronized (slots) {
            List<Slot> begun = new ArrayList<>();
            for (int from = 0; from < packetIds.size(); from += RECORD_MAX) {
                int to = Math.min(packetIds.size(), from + RECORD_MAX);
                Slot slot = new Slot(numbers.nextClearBit(0), packetIds.subList(from, to));
                add(slot);
                begun.add(slot);
            }
            return begun;
        }
    }

    /** The key and the value of a record, for a transaction. */
    Map.Entry<String, byte[]> row(Slot slot) {
        synchronized (slots) {
            return Map.entry(slot.part(), records.received(slot.packetIds));
        }
    }

    /** The transaction is committed. */
    void commit(Slot slot) {
        synchronized (slots) {
            if (!slot.committed) {
                slot.committed = true;
                slot.packetIds.forEach(packetId -> committed.put(packetId, slot));
                if (slot.stale) {
                    write(slot);
                }
            }
        }
    }

    /** The transaction is not committed with this packet id: it will be in another, or nowhere. */
    void abort(Slot slot, int packetId) {
        synchronized (slots) {
            if (!slot.committed && slot.packetIds.remove(packetId) && slot.packetIds.isEmpty()) {
                if (slot.stale) {
                    slot.committed = true;
                    write(slot);
                } else {
                    remove(slot);
                }
            }
        }
    }

    // ---- on the session's loop ------------------------------------------------------------------------------------

    /** The owner knows that the message is in the log. */
    void onTold(int packetId) {
        synchronized (slots) {
            Slot slot = committed.get(packetId);
            if (slot != null) {
                slot.untold.remove(packetId);
            }
        }
    }

    /** The client has released these. Completes when the log knows. */
    CompletionStage<Void> forget(Collection<Integer> packetIds) {
        synchronized (slots) {
            Set<Slot> changed = new LinkedHashSet<>();
            for (Integer packetId : packetIds) {
                Slot slot = committed.remove(packetId);
                if (slot != null) {
                    slot.packetIds.remove(packetId);
                    slot.untold.remove(packetId);
                    changed.add(slot);
                }
            }
            // What was forgotten already may be on its way.
            List<CompletableFuture<?>> writes = new ArrayList<>(List.of(lastWrite));
            changed.forEach(slot -> writes.add(write(slot)));
            return all(writes);
        }
    }

    private static CompletableFuture<Void> all(List<CompletableFuture<?>> writes) {
        return CompletableFuture.allOf(writes.toArray(CompletableFuture<?>[]::new));
    }

    /**
     * Makes the log remember these, and no others but those whose owner has yet to be told of them.
     *
     * @return completes when the log does, and not before {@code before}, which was written earlier
     */
    CompletionStage<Void> keep(Set<Integer> packetIds, CompletionStage<?> before) {
        synchronized (slots) {
            List<Integer> others = new ArrayList<>();
            committed.forEach((packetId, slot) -> {
                if (!packetIds.contains(packetId) && !slot.untold.contains(packetId)) {
                    others.add(packetId);
                }
            });
            List<CompletableFuture<?>> writes = new ArrayList<>();
            writes.add(before.toCompletableFuture());
            writes.add(forget(others).toCompletableFuture());
            List<Integer> missing = packetIds.stream()
                    .filter(packetId -> !committed.containsKey(packetId))
                    .sorted()
                    .toList();
            for (Slot slot : begin(missing)) {
                commit(slot);
                slot.untold.clear();
                writes.add(write(slot));
            }
            return all(writes);
        }
    }

    private CompletableFuture<?> write(Slot slot) {
        slot.unwritten++;
        byte @Nullable [] value = slot.packetIds.isEmpty() ? null : records.received(slot.packetIds);
        CompletableFuture<Long> done = writer.write(slot.part(), value).toCompletableFuture();
        lastWrite = done;
        var unused = done.thenRun(() -> onWritten(slot));
        return done;
    }

    /** The log has what was written last. */
    private void onWritten(Slot slot) {
        synchronized (slots) {
            slot.unwritten--;
            if (slot.unwritten == 0 && slot.packetIds.isEmpty()) {
                remove(slot);
            }
        }
    }

    // ---- of any thread --------------------------------------------------------------------------------------------

    /** What the log has, or will have, there: null for nothing. */
    byte @Nullable [] value(String part) {
        synchronized (slots) {
            Slot slot = slots.get(SessionKey.receivedNumber(part));
            return slot == null || !slot.committed || slot.packetIds.isEmpty()
                    ? null
                    : records.received(slot.packetIds);
        }
    }

    /**
     * Somebody else's record stands behind ours in the log. Where ours is in a transaction that is under way, it is written
     * again behind that.
     */
    CompletionStage<?> repair(String part) {
        synchronized (slots) {
            Slot slot = slots.get(SessionKey.receivedNumber(part));
            if (slot == null) {
                // Nobody's, until its tombstone is written.
                slot = new Slot(SessionKey.receivedNumber(part), List.of());
                slot.committed = true;
                add(slot);
            } else if (!slot.committed) {
                slot.stale = true;
                return CompletableFuture.completedFuture(0L);
            }
            return write(slot);
        }
    }

    /** The keys of all records that the log has, or will have. */
    Set<String> parts() {
        synchronized (slots) {
            Set<String> parts = new HashSet<>();
            for (Slot slot : slots.values()) {
                if (slot.committed) {
                    parts.add(slot.part());
                }
            }
            return parts;
        }
    }
}
