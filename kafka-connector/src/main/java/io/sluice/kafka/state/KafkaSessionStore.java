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
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.port.EpochClock;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.SessionState;
import io.sluice.mqtt.port.SessionStore;
import io.sluice.schemas.StateCodec;
import io.sluice.schemas.StateSchemas;
import io.sluice.schemas.state.SessionClaim;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Sessions in a compacted Kafka topic: who owns them is decided by the log, and what they are survives everything. Safe
 * for all threads: what it knows is changed on the log's thread alone; a {@link HeldClaim} claim writes on its session's loop.
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
    private final SessionWriter writer;
    private final HeldClaim.Surroundings around;
    private final Guardian guardian;
    private final ClaimMeters claims;
    private final AtomicLong numbers = new AtomicLong();
    /** Claims that were granted, and are not released. */
    private final AtomicInteger unreleased = new AtomicInteger();

    private final ConcurrentMap<Long, Pending> pending = new ConcurrentHashMap<>();
    private final ConcurrentMap<ClientId, LightClaim> light = new ConcurrentHashMap<>();
    private final ConcurrentMap<Long, LightClaim> lightByNumber = new ConcurrentHashMap<>();
    // Of the log's thread.
    private final Map<Long, HeldClaim> held = new HashMap<>();

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
        this.instance = place.instance();
        this.events = events;
        this.clock = clock;
        admin = Admin.create(kafka.admin("sessions"));
        StateTopic topic = StateTopic.ensure(admin, settings.prefix() + ".sessions", settings);
        unreadable = new Unreadable(topic.name());
        table = new SessionTable(new Replayed(), unreadable);
        log = new CompactedLog(kafka, topic, "sessions", settings, admin, table::replay, unreadable);
        SessionRows rows = new SessionRows(log.topic(), log.partitions());
        writer = new SessionWriter(log, rows);
        WillOutlet outlet = new WillOutlet(wills, table, log);
        around = new HeldClaim.Surroundings(
                log,
                table,
                writer,
                records,
                rows,
                outlet,
                clock,
                place.lease(),
                claimed -> log.execute(() -> held.remove(claimed.number())),
                unreleased);
        guardian = new Guardian(
                new Guardian.Surroundings(kafka, settings, place, table, log, rows, records, outlet, admin),
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
            writer.claim(clientId, value).whenComplete((offset, failure) -> {
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
            LightClaim claim = new LightClaim(owner, released -> onReleased(clientId, number, released));
            if (table.isKnown(clientId) || light.putIfAbsent(clientId, claim) != null) {
                return claim(clientId, owner);
            }
            lightByNumber.put(number, claim);
            byte[] value = claimCodec.encode(new SessionClaim(instance.id(), number));
            SessionWriter.logFailure(clientId, writer.claim(clientId, value));
            return Mono.just(claim);
        });
    }

    private void onReleased(ClientId clientId, long number, LightClaim claim) {
        light.remove(clientId, claim);
        var unused = claim.owned().thenAccept(claimed -> {
            lightByNumber.remove(number);
            writer.end(clientId, claimed.epoch(), Set.of());
        });
    }

    /** What replaying brings. On the log's thread. */
    private final class Replayed implements SessionTable.Listener {

        @Override
        public void onOwned(ClientId clientId, SessionTable.Entry entry, Claimed owner) {
            boolean isMine = instance.isMine(owner.instance());
            Pending mine = isMine ? pending.remove(owner.number()) : null;
            LightClaim lightly = isMine ? lightByNumber.get(owner.number()) : null;
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
                LightClaim neverOwned = lightByNumber.remove(outdone.number());
                if (neverOwned != null) {
                    neverOwned.supersede();
                }
            }
            Claimed next = entry.waiting();
            Pending waiting = next != null && instance.isMine(next.instance()) ? pending.get(next.number()) : null;
            if (waiting != null) {
                waiting.waited = true;
            }
            HeldClaim holder = instance.isMine(owner.instance()) ? held.get(owner.number()) : null;
            LightClaim lightly = instance.isMine(owner.instance()) ? lightByNumber.get(owner.number()) : null;
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
            HeldClaim holder = instance.isMine(owner.instance()) ? held.get(owner.number()) : null;
            if (holder != null) {
                holder.repairAll();
            }
        }

        @Override
        public void onStale(ClientId clientId, SessionTable.Entry entry, String part) {
            HeldClaim holder = holder(entry);
            if (holder != null) {
                holder.repair(part);
            }
        }

        @Override
        public void onUnreadable(ClientId clientId, SessionTable.Entry entry, String part, byte @Nullable [] value) {
            HeldClaim holder = holder(entry);
            // What we have written ourselves is not mended by writing it again.
            if (holder != null && !Arrays.equals(value, holder.lastWritten(part))) {
                holder.repair(part);
            }
        }

        private @Nullable HeldClaim holder(SessionTable.Entry entry) {
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
        HeldClaim claim = new HeldClaim(around, mine.clientId, mine.owner, owner, parts, decode(mine.clientId, entry));
        held.put(owner.number(), claim);
        unreleased.incrementAndGet();
        claims.granted(mine.waited);
        SessionState state = claim.state();
        if (state != null && state.isExpired(clock.earliestMillis())) {
            // It ended while nobody looked; its will is due, before the next one begins.
            events.onExpired();
            var unused = claim.discard().subscribe(null, failure -> mine.sink.error(failure), () -> {
                claim.onExpired();
                mine.sink.success(claim);
            });
        } else {
            mine.sink.success(claim);
        }
    }

    private void giveBack(ClientId clientId, SessionTable.Entry entry, Claimed owner) {
        SessionState state = decode(clientId, entry);
        if (state == null) {
            writer.end(clientId, owner.epoch(), Set.copyOf(entry.parts().keySet()));
        } else {
            SessionWriter.logFailure(
                    clientId,
                    writer.write(clientId, owner.epoch(), SessionKey.SESSION, records.session(state, owner, false)));
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
        unreadable.add(writer.partition(clientId), -1, cause);
    }

    @Override
    public void close() {
        guardian.close();
        log.close();
        admin.close();
    }
}
