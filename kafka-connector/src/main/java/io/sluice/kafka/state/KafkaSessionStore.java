package io.sluice.kafka.state;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.kafka.client.KafkaSettings;
import io.sluice.kafka.fleet.FleetLog;
import io.sluice.kafka.fleet.Instance;
import io.sluice.kafka.fleet.Lease;
import io.sluice.kafka.log.CompactedLog;
import io.sluice.kafka.log.StateSettings;
import io.sluice.kafka.log.StateTopic;
import io.sluice.kafka.log.Unreadable;
import io.sluice.kafka.state.Ownership.Claimed;
import io.sluice.kafka.transaction.Companion;
import io.sluice.kafka.transaction.TransactionalClaim;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.port.EpochClock;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.SessionState;
import io.sluice.mqtt.port.SessionState.StoredWill;
import io.sluice.mqtt.port.SessionStore;
import io.sluice.schemas.StateCodec;
import io.sluice.schemas.StateSchemas;
import io.sluice.schemas.state.SessionClaim;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Sessions in a compacted Kafka topic: who owns them is decided by the log, and what they are survives everything. Safe
 * for all threads: what it knows is changed on the log's thread alone; a {@link Held} claim writes on its session's loop.
 *
 * <p>A claim is appended, and granted when it is replayed and nobody owns the session, or when the owner's release is
 * replayed. Every instance that reads the same records decides the same.
 */
public final class KafkaSessionStore implements SessionStore, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaSessionStore.class);

    /** Told of sessions that expire while nobody holds them. */
    public interface Events {
        /** A session expired; on the log's thread. */
        void onExpired();
    }

    /**
     * Who this process is among the others.
     *
     * @param fleet the instances
     * @param lease whether this one may act
     * @param transactionalIds makes the transactional ids of an instance, to fence them when it is dead
     */
    public record Place(
            Instance instance, FleetLog fleet, Lease lease, Function<String, List<String>> transactionalIds) {}

    private final Instance instance;
    private final Events events;
    private final EpochClock clock;
    private final SessionRecords records = new SessionRecords();
    private final StateCodec<SessionClaim> claimCodec = StateSchemas.sessionClaim();
    private final Unreadable unreadable;
    private final SessionTable table;
    private final Admin admin;
    private final CompactedLog log;
    private final Place place;
    private final SessionRows rows;
    private final WillOutlet wills;
    private final Guardian guardian;
    private final ClaimMeters claims;
    private final AtomicLong numbers = new AtomicLong();
    /** Claims that were granted, and are not released. */
    private final AtomicInteger unreleased = new AtomicInteger();

    private final ConcurrentMap<Long, Pending> pending = new ConcurrentHashMap<>();
    private final ConcurrentMap<ClientId, Light> light = new ConcurrentHashMap<>();
    private final ConcurrentMap<Long, Light> lightByNumber = new ConcurrentHashMap<>();
    // Of the log's thread.
    private final Map<Long, Held> held = new HashMap<>();

    /** A claim that waits for its turn. */
    private static final class Pending {
        final ClientId clientId;
        final Owner owner;
        final MonoSink<Claim> sink;
        /** Of the log's thread. */
        boolean waited;

        Pending(ClientId clientId, Owner owner, MonoSink<Claim> sink) {
            this.clientId = clientId;
            this.owner = owner;
            this.sink = sink;
        }
    }

    /**
     * Finds or makes the topic. Blocks, for as long as Kafka is away.
     *
     * @param place who this process is
     * @param wills publishes them, each in one transaction with what its session loses by it
     * @param clock by which sessions expire and wills are due
     */
    public KafkaSessionStore(
            KafkaSettings kafka,
            StateSettings settings,
            Place place,
            WillOutlet.Wills wills,
            Events events,
            EpochClock clock,
            MeterRegistry registry) {
        this.place = place;
        this.instance = place.instance();
        this.events = events;
        this.clock = clock;
        admin = Admin.create(kafka.admin("sessions"));
        StateTopic topic = StateTopic.ensure(admin, settings.prefix() + ".sessions", settings);
        unreadable = new Unreadable(topic.name());
        table = new SessionTable(new Replayed(), unreadable);
        log = new CompactedLog(kafka, topic, "sessions", settings, admin, table::replay, unreadable);
        rows = new SessionRows(log.topic(), log.partitions());
        this.wills = new WillOutlet(wills, table, log);
        guardian = new Guardian(
                new Guardian.Surroundings(kafka, settings, place, table, log, rows, records, this.wills, admin),
                events,
                clock,
                this::onUnreadable,
                registry);
        claims = new ClaimMeters(registry);
        log.afterPoll(guardian::onTick);
        Gauge.builder("sluice.state.sessions", table, SessionTable::size)
                .description("Clients that have a session, here or elsewhere, connected or not")
                .register(registry);
        Gauge.builder("sluice.state.bytes", table, SessionTable::bytes)
                .description("Bytes of the sessions, encoded")
                .tag("topic", "sessions")
                .baseUnit("bytes")
                .register(registry);
        FunctionCounter.builder("sluice.state.unreadable", unreadable, Unreadable::count)
                .description("Records of state topics that could not be read")
                .tag("topic", "sessions")
                .register(registry);
    }

    /** Starts to replay; completes when everything that was there is known. */
    public CompletionStage<Void> start() {
        return log.start();
    }

    /** Told of the fleet's changes; any thread. */
    public FleetLog.Listener fleetListener() {
        return guardian;
    }

    /** Records that were replayed, to say how far the start is. */
    public long replayedRecords() {
        return log.replayedRecords();
    }

    /**
     * Sessions that are held and will be released, which may be a while after their connection has ended: when what the
     * client had published is settled. Any thread.
     */
    public int unreleased() {
        return unreleased.get();
    }

    /**
     * Of each partition the lowest offset that any session, connected or not, still needs. Walks all sessions: for a thread
     * that has the time. Any thread.
     */
    public Map<LogPartition, Long> lowestNeeded() {
        Map<LogPartition, Long> lowest = new HashMap<>();
        table.entries().values().forEach(entry -> entry.parts().forEach((part, value) -> {
            try {
                records.needed(part, value, (partition, offset) -> lowest.merge(partition, offset, Math::min));
            } catch (IOException | RuntimeException unreadable) {
                // Counted when it was replayed.
                LOG.atTrace().setCause(unreadable).log("A part of a session cannot be read");
            }
        }));
        return lowest;
    }

    // ---- claiming -------------------------------------------------------------------------------------------------

    @Override
    public Mono<Claim> claim(ClientId clientId, Owner owner) {
        return Mono.create(sink -> {
            long number = numbers.incrementAndGet();
            pending.put(number, new Pending(clientId, owner, sink));
            byte[] value = claimCodec.encode(new SessionClaim(instance.id(), number));
            log.write(partition(clientId), new SessionKey(clientId, SessionKey.CLAIM).bytes(), value, List.of())
                    .whenComplete((offset, failure) -> {
                        if (failure != null && pending.remove(number) != null) {
                            sink.error(failure);
                        }
                    });
        });
    }

    @Override
    public Mono<Claim> claimForConnection(ClientId clientId, Owner owner) {
        return Mono.defer(() -> {
            long number = numbers.incrementAndGet();
            Light claim = new Light(clientId, owner, number);
            if (table.isKnown(clientId) || light.putIfAbsent(clientId, claim) != null) {
                return claim(clientId, owner);
            }
            lightByNumber.put(number, claim);
            byte[] value = claimCodec.encode(new SessionClaim(instance.id(), number));
            logFailure(
                    clientId,
                    log.write(
                            partition(clientId), new SessionKey(clientId, SessionKey.CLAIM).bytes(), value, List.of()));
            return Mono.just(claim);
        });
    }

    private int partition(ClientId clientId) {
        return SessionKey.partition(clientId, log.partitions());
    }

    /** What replaying brings. On the log's thread. */
    private final class Replayed implements SessionTable.Listener {

        @Override
        public void onOwned(ClientId clientId, SessionTable.Entry entry, Claimed owner) {
            boolean isMine = instance.isMine(owner.instance());
            Pending mine = isMine ? pending.remove(owner.number()) : null;
            Light lightly = isMine ? lightByNumber.get(owner.number()) : null;
            if (lightly != null) {
                lightly.onOwned(owner);
            } else if (mine != null) {
                grant(mine, entry, owner);
            } else if (isMine) {
                // Who asked for it does not wait any more: it was told that the claim had failed.
                giveBack(clientId, entry, owner);
            } else {
                guardian.onOwned(clientId, owner);
            }
        }

        @Override
        public void onWaiting(ClientId clientId, SessionTable.Entry entry, Claimed owner, @Nullable Claimed outdone) {
            if (outdone != null && instance.isMine(outdone.instance())) {
                Pending never = pending.remove(outdone.number());
                if (never != null) {
                    claims.lost();
                    never.owner.onSuperseded();
                }
                Light neverOwned = lightByNumber.remove(outdone.number());
                if (neverOwned != null) {
                    neverOwned.supersede();
                }
            }
            Claimed next = entry.waiting();
            Pending waiting = next != null && instance.isMine(next.instance()) ? pending.get(next.number()) : null;
            if (waiting != null) {
                waiting.waited = true;
            }
            Held holder = instance.isMine(owner.instance()) ? held.get(owner.number()) : null;
            Light lightly = instance.isMine(owner.instance()) ? lightByNumber.get(owner.number()) : null;
            if (holder != null) {
                holder.supersede();
            } else if (lightly != null) {
                lightly.supersede();
            }
        }

        @Override
        public void onFree(ClientId clientId, SessionTable.Entry entry) {
            guardian.onFree(clientId, entry);
        }

        @Override
        public void onForeign(ClientId clientId, SessionTable.Entry entry, Claimed owner) {
            Held holder = instance.isMine(owner.instance()) ? held.get(owner.number()) : null;
            if (holder != null) {
                holder.repairAll();
            }
        }

        @Override
        public void onStale(ClientId clientId, SessionTable.Entry entry, String part) {
            Held holder = holder(entry);
            if (holder != null) {
                holder.repair(part);
            }
        }

        @Override
        public void onUnreadable(ClientId clientId, SessionTable.Entry entry, String part, byte @Nullable [] value) {
            Held holder = holder(entry);
            // What we have written ourselves is not mended by writing it again.
            if (holder != null && !Arrays.equals(value, holder.lastWritten(part))) {
                holder.repair(part);
            }
        }

        private @Nullable Held holder(SessionTable.Entry entry) {
            Claimed owner = entry.owner();
            return owner != null && instance.isMine(owner.instance()) ? held.get(owner.number()) : null;
        }
    }

    private void grant(Pending mine, SessionTable.Entry entry, Claimed owner) {
        Map<String, byte[]> parts = new HashMap<>(entry.parts());
        byte[] session = entry.session();
        if (session != null) {
            parts.put(SessionKey.SESSION, session);
        }
        Held claim = new Held(mine.clientId, mine.owner, owner, parts, decode(mine.clientId, entry));
        held.put(owner.number(), claim);
        unreleased.incrementAndGet();
        claims.granted(mine.waited);
        SessionState state = claim.state;
        if (state != null && state.isExpired(clock.earliestMillis())) {
            // It ended while nobody looked; its will is due, before the next one begins.
            events.onExpired();
            var unused = claim.discard().subscribe(null, failure -> mine.sink.error(failure), () -> {
                claim.state = null;
                mine.sink.success(claim);
            });
        } else {
            mine.sink.success(claim);
        }
    }

    private void giveBack(ClientId clientId, SessionTable.Entry entry, Claimed owner) {
        SessionState state = decode(clientId, entry);
        if (state == null) {
            end(clientId, owner.epoch(), Set.copyOf(entry.parts().keySet()));
        } else {
            logFailure(
                    clientId, write(clientId, owner.epoch(), SessionKey.SESSION, records.session(state, owner, false)));
        }
    }

    /** The state that the owner before has left, unless it has expired. */
    private @Nullable SessionState decode(ClientId clientId, SessionTable.Entry entry) {
        byte[] session = entry.session();
        if (session == null) {
            return null;
        }
        try {
            return records.state(session, entry.parts(), (part, cause) -> onUnreadable(clientId, cause));
        } catch (IOException | RuntimeException unreadable) {
            onUnreadable(clientId, unreadable);
            return null;
        }
    }

    private void onUnreadable(ClientId clientId, Exception cause) {
        unreadable.add(partition(clientId), -1, cause);
    }

    // ---- writing --------------------------------------------------------------------------------------------------

    private CompletionStage<Long> write(ClientId clientId, long epoch, String part, byte @Nullable [] value) {
        return log.write(
                partition(clientId),
                new SessionKey(clientId, part).bytes(),
                value,
                List.of(SessionRows.epochHeader(epoch)));
    }

    /** Removes everything of a session; who waits for it comes next. */
    private void end(ClientId clientId, long epoch, Set<String> parts) {
        for (String part : rows.ending(parts)) {
            logFailure(clientId, write(clientId, epoch, part, null));
        }
    }

    private static void logFailure(ClientId clientId, CompletionStage<?> written) {
        var unused = written.whenComplete((offset, failure) -> {
            if (failure != null) {
                LOG.atWarn()
                        .addKeyValue("clientId", clientId)
                        .addKeyValue("cause", failure.toString())
                        .log("A session's state could not be written");
            }
        });
    }

    /** A claim that owns its session. Its writing is confined to the session's loop. */
    private final class Held implements Claim, TransactionalClaim {
        private final ClientId clientId;
        private final Owner owner;
        private final Claimed claimed;
        private volatile @Nullable SessionState state;
        /** What the log has, or will have: of each part, but for packet ids, the value that was last appended. */
        private final Map<String, byte[]> written;

        private final ReceivedPacketIds received;

        private volatile boolean released;
        // Of the log's thread.
        private boolean superseded;

        Held(ClientId clientId, Owner owner, Claimed claimed, Map<String, byte[]> parts, @Nullable SessionState state) {
            this.clientId = clientId;
            this.owner = owner;
            this.claimed = claimed;
            this.state = state;
            written = new ConcurrentHashMap<>(parts);
            written.keySet().removeIf(SessionKey::isReceived);
            received = new ReceivedPacketIds(
                    parts,
                    records,
                    (part, value) -> KafkaSessionStore.this.write(clientId, claimed.epoch(), part, value));
        }

        void supersede() {
            if (!superseded) {
                superseded = true;
                owner.onSuperseded();
            }
        }

        @Override
        public @Nullable SessionState state() {
            return state;
        }

        @Override
        public Mono<Void> save(SessionState newState) {
            if (released) {
                return Mono.empty();
            }
            // Whatever the process comes to write of it before it dies must be a state that was: a subscription without
            // its cursor would be read from the beginning, so it goes before the cursor does.
            Map<String, byte[]> parts = records.parts(newState);
            CompletionStage<Long> last = writeParts(parts);
            last = write(SessionKey.SESSION, records.session(newState, claimed, true), last);
            last = removeOthers(parts, last);
            return Mono.fromCompletionStage(received.keep(newState.receivedQos2(), last))
                    .then();
        }

        /** Appends what has changed. Returns when the last of it is written. */
        private CompletionStage<Long> writeParts(Map<String, byte[]> parts) {
            CompletionStage<Long> last = CompletableFuture.completedFuture(0L);
            for (Map.Entry<String, byte[]> part : parts.entrySet()) {
                last = write(part.getKey(), part.getValue(), last);
            }
            return last;
        }

        /** Afterwards: a delivery that is finished may be forgotten once the cursor has passed it, not before. */
        private CompletionStage<Long> removeOthers(Map<String, byte[]> parts, CompletionStage<Long> before) {
            CompletionStage<Long> last = before;
            Set<String> gone = new HashSet<>(written.keySet());
            gone.removeAll(parts.keySet());
            gone.remove(SessionKey.SESSION);
            for (String part : gone) {
                last = write(part, null, last);
            }
            return last;
        }

        private CompletionStage<Long> write(String part, byte @Nullable [] value, CompletionStage<Long> before) {
            synchronized (written) {
                byte[] known = written.get(part);
                if (value == null ? known == null : Arrays.equals(known, value)) {
                    return before;
                }
                if (value == null) {
                    written.remove(part);
                } else {
                    written.put(part, value);
                }
                // One producer and one partition: what comes later is written later.
                return KafkaSessionStore.this.write(clientId, claimed.epoch(), part, value);
            }
        }

        @Override
        public Mono<Void> saveDelivery(SessionState.InFlight delivery) {
            if (released) {
                return Mono.empty();
            }
            CompletionStage<Long> done = write(
                    SessionKey.delivery(delivery.packetId()),
                    records.delivery(delivery),
                    CompletableFuture.completedFuture(0L));
            return Mono.fromCompletionStage(done).then();
        }

        @Override
        public void onReceived(int packetId) {
            received.onTold(packetId);
        }

        @Override
        public Mono<Void> forgetReceived(Collection<Integer> packetIds) {
            return Mono.fromCompletionStage(received.forget(packetIds)).then();
        }

        @Override
        public Companion received(int packetId) {
            return new ReceivedRow(this, packetId);
        }

        @Override
        public Mono<Void> discard() {
            SessionState discarded = state;
            StoredWill will = discarded == null ? null : discarded.willWhenDiscarded();
            byte[] before = written.get(SessionKey.SESSION);
            if (will == null || discarded == null || before == null) {
                return Mono.empty();
            }
            byte[] without = records.session(discarded.withWill(null), claimed, true);
            written.put(SessionKey.SESSION, without);
            return Mono.fromCompletionStage(wills.publish(
                    clientId,
                    will,
                    clock.latestMillis(),
                    List.of(rows.row(clientId, claimed.epoch(), SessionKey.SESSION, without)),
                    before,
                    null));
        }

        /** Somebody else's record stands behind ours in the log. On the log's thread. */
        void repair(String part) {
            synchronized (written) {
                byte[] mine = written.get(part);
                if (released || (mine == null && part.equals(SessionKey.SESSION))) {
                    // Its first word is on its way, and comes behind in any case.
                    return;
                }
                logFailure(
                        clientId,
                        SessionKey.isReceived(part)
                                ? received.repair(part)
                                : KafkaSessionStore.this.write(clientId, claimed.epoch(), part, mine));
            }
        }

        private byte @Nullable [] lastWritten(String part) {
            return SessionKey.isReceived(part) ? received.value(part) : written.get(part);
        }

        /** Somebody else has changed everything. On the log's thread. */
        void repairAll() {
            synchronized (written) {
                for (String part : Set.copyOf(written.keySet())) {
                    repair(part);
                }
                received.parts().forEach(this::repair);
            }
        }

        @Override
        public void release(@Nullable SessionState newState) {
            synchronized (written) {
                if (released) {
                    return;
                }
                released = true;
            }
            log.execute(() -> held.remove(claimed.number()));
            if (place.lease().isEnded()) {
                // Whoever has declared this instance dead has done it, or will.
                unreleased.decrementAndGet();
                return;
            }
            long now = clock.earliestMillis();
            StoredWill will = newState == null ? null : newState.dueWill(now);
            if (newState == null) {
                end(clientId, claimed.epoch(), parts());
            } else if (will == null) {
                leave(newState);
                logFailure(
                        clientId,
                        KafkaSessionStore.this.write(
                                clientId,
                                claimed.epoch(),
                                SessionKey.SESSION,
                                records.session(newState, claimed, false)));
            } else {
                releaseWith(will, newState.withWill(null), newState.isExpired(now));
                return;
            }
            unreleased.decrementAndGet();
        }

        /** The will and the release are one: a crash leaves both to be done, or neither. */
        private void releaseWith(StoredWill will, SessionState rest, boolean ends) {
            byte[] before = written.get(SessionKey.SESSION);
            CompletionStage<?> left = ends ? CompletableFuture.completedFuture(0L) : leave(rest);
            List<ProducerRecord<byte[], byte[]>> release = ends
                    ? rows.end(clientId, claimed.epoch(), parts())
                    : List.of(rows.row(
                            clientId, claimed.epoch(), SessionKey.SESSION, records.session(rest, claimed, false)));
            left.thenCompose(written -> wills.publish(clientId, will, clock.latestMillis(), release, before, null))
                    .whenComplete((done, failure) -> {
                        unreleased.decrementAndGet();
                        if (failure != null) {
                            LOG.atWarn()
                                    .addKeyValue("clientId", clientId)
                                    .addKeyValue("cause", failure.toString())
                                    .log("A session was not released, as its will could not be published");
                        }
                    });
        }

        /** Leaves the parts of the state behind. Completes when the log has them. */
        private CompletionStage<?> leave(SessionState rest) {
            Map<String, byte[]> parts = records.parts(rest);
            return received.keep(rest.receivedQos2(), removeOthers(parts, writeParts(parts)));
        }

        private Set<String> parts() {
            Set<String> parts = new HashSet<>(written.keySet());
            parts.remove(SessionKey.SESSION);
            parts.addAll(received.parts());
            return parts;
        }
    }

    /** What remembers that a QoS 2 message has come. */
    private final class ReceivedRow implements Companion {
        private final Held claim;
        private final int packetId;
        /** Of the thread that commits. */
        private ReceivedPacketIds.@Nullable Slot slot;

        ReceivedRow(Held claim, int packetId) {
            this.claim = claim;
            this.packetId = packetId;
        }

        @Override
        public int spread() {
            return claim.clientId.hashCode();
        }

        @Override
        public Object sharer() {
            return claim;
        }

        @Override
        public List<ProducerRecord<byte[], byte[]>> rows(List<Companion> together) {
            List<ReceivedRow> mine = new ArrayList<>();
            List<Integer> packetIds = new ArrayList<>();
            for (Companion one : together) {
                ReceivedRow row = (ReceivedRow) one;
                row.abort();
                mine.add(row);
                packetIds.add(row.packetId);
            }
            List<ProducerRecord<byte[], byte[]>> shared = new ArrayList<>();
            int next = 0;
            for (ReceivedPacketIds.Slot begun : claim.received.begin(packetIds)) {
                Map.Entry<String, byte[]> row = claim.received.row(begun);
                shared.add(rows.row(claim.clientId, claim.claimed.epoch(), row.getKey(), row.getValue()));
                for (int i = 0; i < ReceivedPacketIds.RECORD_MAX && next < mine.size(); i++) {
                    mine.get(next++).slot = begun;
                }
            }
            return shared;
        }

        private void abort() {
            ReceivedPacketIds.Slot begun = slot;
            if (begun != null) {
                claim.received.abort(begun, packetId);
                slot = null;
            }
        }

        @Override
        public void onOutcome(boolean written) {
            ReceivedPacketIds.Slot begun = slot;
            if (written && begun != null) {
                claim.received.commit(begun);
            } else {
                abort();
            }
        }

        @Override
        public boolean isWritten() {
            log.syncSurely().toCompletableFuture().join();
            return table.isReceived(claim.clientId, packetId);
        }
    }

    /**
     * The claim of a session that dies with its connection: granted before the log has it. Its number is in the log, its
     * epoch only once it is replayed.
     */
    private final class Light implements Claim {
        private final ClientId clientId;
        private final Owner owner;
        private final long number;
        private final CompletableFuture<Claimed> owned = new CompletableFuture<>();
        private final AtomicBoolean superseded = new AtomicBoolean();
        private final AtomicBoolean released = new AtomicBoolean();

        Light(ClientId clientId, Owner owner, long number) {
            this.clientId = clientId;
            this.owner = owner;
            this.number = number;
        }

        void onOwned(Claimed claimed) {
            owned.complete(claimed);
        }

        void supersede() {
            if (superseded.compareAndSet(false, true)) {
                owner.onSuperseded();
            }
        }

        @Override
        public @Nullable SessionState state() {
            return null;
        }

        @Override
        public Mono<Void> save(SessionState state) {
            return Mono.empty();
        }

        @Override
        public Mono<Void> saveDelivery(SessionState.InFlight delivery) {
            return Mono.empty();
        }

        @Override
        public void onReceived(int packetId) {}

        @Override
        public Mono<Void> forgetReceived(Collection<Integer> packetIds) {
            return Mono.empty();
        }

        /** Nothing was there. */
        @Override
        public Mono<Void> discard() {
            return Mono.empty();
        }

        /** Nothing is left behind, whatever is given. */
        @Override
        public void release(@Nullable SessionState state) {
            if (released.compareAndSet(false, true)) {
                light.remove(clientId, this);
                var unused = owned.thenAccept(claimed -> {
                    lightByNumber.remove(number);
                    end(clientId, claimed.epoch(), Set.of());
                });
            }
        }
    }

    @Override
    public void close() {
        guardian.close();
        log.close();
        admin.close();
    }
}
