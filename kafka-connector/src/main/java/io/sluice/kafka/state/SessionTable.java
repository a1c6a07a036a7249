package io.sluice.kafka.state;

import io.sluice.kafka.log.StateRecord;
import io.sluice.kafka.log.Unreadable;
import io.sluice.kafka.state.Ownership.Claimed;
import io.sluice.mqtt.message.ClientId;
import io.sluice.schemas.StateCodec;
import io.sluice.schemas.StateSchemas;
import io.sluice.schemas.state.Session;
import io.sluice.schemas.state.SessionClaim;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * What the sessions topic says, replayed: of each client who owns its session, and the session, encoded. Changed by
 * {@link #replay} alone, on one thread.
 */
final class SessionTable {

    /** The writer's epoch, 8 bytes: of every record but claims. */
    static final String EPOCH_HEADER = "sluice.epoch";

    /** One client. Changed on the replaying thread alone. */
    static final class Entry {
        private final Ownership ownership = new Ownership();
        private volatile byte @Nullable [] session;
        private final Parts parts = new Parts();

        /** Who owns it, or null. */
        @Nullable
        Claimed owner() {
            return ownership.owner();
        }

        /** Who waits for the owner's release, or null. */
        @Nullable
        Claimed waiting() {
            return ownership.waiting();
        }

        /** The session itself, encoded, or null when there is none. */
        byte @Nullable [] session() {
            return session;
        }

        /** The session's parts, encoded, by the part of the key. */
        Map<String, byte[]> parts() {
            return parts;
        }

        private boolean isEmpty() {
            return ownership.isFree() && session == null && parts.isEmpty();
        }
    }

    /** Told what replaying has changed, on the replaying thread. */
    interface Listener {
        /** A claim owns the session from here on. */
        void onOwned(ClientId clientId, Entry entry, Claimed owner);

        /** A claim waits for the owner's release; another that waited before, if any, will never own it. */
        void onWaiting(ClientId clientId, Entry entry, Claimed owner, @Nullable Claimed outdone);

        /** The session belongs to nobody: it has been released, or has ended. */
        void onFree(ClientId clientId, Entry entry);

        /** Somebody who does not own it any more has changed it: a guardian, as the owner came. */
        void onForeign(ClientId clientId, Entry entry, Claimed owner);

        /** Somebody wrote who does not own it any more: compaction would keep his record, not the owner's. */
        void onStale(ClientId clientId, Entry entry, String part);

        /** What somebody wrote is nothing: the same holds. */
        void onUnreadable(ClientId clientId, Entry entry, String part, byte @Nullable [] value);
    }

    private final StateCodec<SessionClaim> claims = StateSchemas.sessionClaim();
    private final ConcurrentMap<ClientId, Entry> entries = new ConcurrentHashMap<>();
    private final Map<String, String> instances = new HashMap<>();
    /** Names of parts, each once for all sessions: those of partitions, of packet ids, and of slots. */
    private final Map<String, String> partNames = new HashMap<>();

    private final Unreadable unreadable;
    private final SessionRecords records = new SessionRecords();
    private final AtomicLong bytes = new AtomicLong();
    private final Listener listener;

    SessionTable(Listener listener, Unreadable unreadable) {
        this.listener = listener;
        this.unreadable = unreadable;
    }

    /** Whether anything is known of the client. Any thread. */
    boolean isKnown(ClientId clientId) {
        return entries.containsKey(clientId);
    }

    /** All clients. On the replaying thread; of their parts alone, on any. */
    Map<ClientId, Entry> entries() {
        return entries;
    }

    /** Whether the packet id of a QoS 2 message is remembered. Any thread, after the log was synced. */
    boolean isReceived(ClientId clientId, int packetId) {
        Entry entry = entries.get(clientId);
        if (entry == null) {
            return false;
        }
        for (Map.Entry<String, byte[]> part : entry.parts.entrySet()) {
            if (SessionKey.isReceived(part.getKey()) && isReceived(part.getValue(), packetId)) {
                return true;
            }
        }
        return false;
    }

    private boolean isReceived(byte[] value, int packetId) {
        try {
            return records.received(value).contains(packetId);
        } catch (IOException unreadable) {
            throw new IllegalStateException("state: a record that could be read when it was replayed", unreadable);
        }
    }

    /** The session itself, encoded, or null when there is none. Any thread, after the log was synced. */
    byte @Nullable [] session(ClientId clientId) {
        Entry entry = entries.get(clientId);
        return entry == null ? null : entry.session;
    }

    /** Clients that have a session or an owner. Any thread. */
    int size() {
        return entries.size();
    }

    /** Bytes of what is known, encoded. Any thread. */
    long bytes() {
        return bytes.get();
    }

    void replay(StateRecord record) {
        SessionKey key = SessionKey.parse(record.key());
        if (key == null) {
            unreadable.add(record.partition(), record.offset(), new IOException("key: of no kind that is known"));
            return;
        }
        Entry entry = entries.computeIfAbsent(key.clientId(), ignored -> new Entry());
        try {
            switch (key.part()) {
                case SessionKey.CLAIM -> replayClaim(key.clientId(), entry, record);
                case SessionKey.SESSION -> replaySession(key.clientId(), entry, record);
                default -> replayPart(key.clientId(), entry, key.part(), record);
            }
        } catch (IOException | RuntimeException unknown) {
            unreadable.add(record.partition(), record.offset(), unknown);
            if (!key.part().equals(SessionKey.CLAIM)) {
                // What was there before counts on, and must not be what compaction takes away.
                listener.onUnreadable(key.clientId(), entry, key.part(), record.value());
            }
        }
        if (entry.isEmpty()) {
            entries.remove(key.clientId());
        }
    }

    private void replayClaim(ClientId clientId, Entry entry, StateRecord record) throws IOException {
        byte[] value = record.value();
        if (value == null) {
            // Cleared up behind a session that has ended; a later claim may stand before it.
            return;
        }
        SessionClaim claim = claims.decode(value);
        Claimed claimed = new Claimed(record.offset(), shared(claim.getInstance()), claim.getNumber());
        Claimed outdone = entry.ownership.waiting();
        if (entry.ownership.onClaim(claimed)) {
            listener.onOwned(clientId, entry, claimed);
        } else {
            Claimed owner = entry.ownership.owner();
            if (owner != null) {
                listener.onWaiting(clientId, entry, owner, outdone);
            }
        }
    }

    private String shared(String instance) {
        return instances.computeIfAbsent(instance, same -> same);
    }

    private void replaySession(ClientId clientId, Entry entry, StateRecord record) throws IOException {
        byte[] value = record.value();
        Claimed before = entry.ownership.owner();
        Claimed writer;
        boolean held = false;
        if (value == null) {
            writer = new Claimed(epoch(record.headers()), "", -1);
        } else {
            Session session = records.checked(value);
            held = session.getHeld();
            writer = new Claimed(session.getEpoch(), shared(session.getInstance()), -1);
        }
        if (!entry.ownership.onContent(writer, held)) {
            listener.onStale(clientId, entry, SessionKey.SESSION);
            return;
        }
        bytes.addAndGet(size(value) - size(entry.session));
        entry.session = value;
        if (value == null) {
            entry.parts.values().forEach(part -> bytes.addAndGet(-part.length));
            entry.parts.clear();
        }
        Claimed owner = entry.ownership.owner();
        if (owner == null) {
            listener.onFree(clientId, entry);
        } else if (!owner.equals(before) && !held) {
            listener.onOwned(clientId, entry, owner);
        } else if (owner.equals(before) && writer.epoch() < owner.epoch()) {
            listener.onForeign(clientId, entry, owner);
        }
    }

    private static long size(byte @Nullable [] value) {
        return value == null ? 0 : value.length;
    }

    private void replayPart(ClientId clientId, Entry entry, String part, StateRecord record) throws IOException {
        byte[] value = record.value();
        if (value != null) {
            records.check(part, value);
        }
        if (!entry.ownership.onPart(epoch(record.headers()))) {
            listener.onStale(clientId, entry, part);
            return;
        }
        byte[] before = value == null
                ? entry.parts.remove(part)
                : entry.parts.put(partNames.computeIfAbsent(part, same -> same), value);
        bytes.addAndGet(size(value) - size(before));
    }

    /** A record that does not say it, as of an operator's hand, counts in any case. */
    private static long epoch(Headers headers) {
        Header header = headers.lastHeader(EPOCH_HEADER);
        return header == null || header.value() == null || header.value().length != Long.BYTES
                ? Long.MAX_VALUE
                : ByteBuffer.wrap(header.value()).getLong();
    }
}
