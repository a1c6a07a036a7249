package io.sluice.kafka.state;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.kafka.client.KafkaSettings;
import io.sluice.kafka.fleet.FleetLog;
import io.sluice.kafka.log.CompactedLog;
import io.sluice.kafka.log.StateSettings;
import io.sluice.kafka.state.Ownership.Claimed;
import io.sluice.kafka.transaction.GroupCommit;
import io.sluice.kafka.transaction.TransactionMeters;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.port.EpochClock;
import io.sluice.mqtt.port.SessionState;
import io.sluice.mqtt.port.SessionState.StoredWill;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what an absent owner cannot: publishes the wills of the absent when they are due, ends their sessions when they
 * expire, and releases what a dead instance held, once its transactions are ended. One instance at a time does so, as
 * the fleet says; what it does is written in transactions of one transactional id, so that one that was the guardian
 * before, and does not know that it is no more, changes nothing.
 *
 * <p>Confined to the log's thread, but for the fleet's calls and answers, which go there.
 */
final class Guardian implements FleetLog.Listener, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Guardian.class);
    private static final long NEVER_EXPIRES = 0xFFFF_FFFFL;
    private static final Duration FENCE_RETRY = Duration.ofMillis(200);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    /** What it works with. */
    record Surroundings(
            KafkaSettings kafka,
            StateSettings settings,
            KafkaSessionStore.Place place,
            SessionTable table,
            CompactedLog log,
            SessionRows rows,
            SessionRecords records,
            WillOutlet wills,
            Admin admin) {}

    /** Something to be done for an absent client at a time. */
    private record Due(long epochMillis, ClientId clientId) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            return Long.compare(epochMillis, other.epochMillis);
        }
    }

    private final Surroundings around;
    private final SessionTable table;
    private final CompactedLog log;
    private final KafkaSessionStore.Events events;
    private final EpochClock clock;
    private final BiConsumer<ClientId, Exception> onUnreadable;
    private final TransactionMeters transactions;
    /** One for each session that nobody holds and that has an end or a will: as many as there are in the log. */
    private final PriorityQueue<Due> due = new PriorityQueue<>();
    /** The dead, and whether their transactions are ended. */
    private final Map<String, Boolean> dead = new HashMap<>();

    private final Set<String> fencing = new HashSet<>();
    private final Set<ClientId> acting = new HashSet<>();
    private @Nullable GroupCommit commit;
    private volatile boolean active;
    private int term;

    Guardian(
            Surroundings around,
            KafkaSessionStore.Events events,
            EpochClock clock,
            BiConsumer<ClientId, Exception> onUnreadable,
            MeterRegistry registry) {
        this.around = around;
        this.table = around.table();
        this.log = around.log();
        this.events = events;
        this.clock = clock;
        this.onUnreadable = onUnreadable;
        transactions = new TransactionMeters(registry);
        Gauge.builder("sluice.guardian.partitions", this, self -> self.active ? self.log.partitions() : 0)
                .description("Session partitions this instance guards")
                .register(registry);
    }

    // ---- the fleet's word -----------------------------------------------------------------------------------------

    @Override
    public void onGuardian(boolean isGuardian) {
        Set<String> unfenced = around.place().fleet().unfenced();
        log.execute(() -> {
            unfenced.forEach(id -> dead.putIfAbsent(id, false));
            if (isGuardian) {
                begin();
            } else {
                end();
            }
        });
    }

    @Override
    public void onGone(String id, boolean isFenced) {
        log.execute(() -> onDead(id, isFenced));
    }

    @Override
    public void onDeclaredDead() {
        log.execute(this::end);
    }

    private void begin() {
        term++;
        int mine = term;
        GroupCommit mineToWrite = new GroupCommit(
                "guardian",
                () -> new KafkaProducer<>(
                        around.kafka()
                                .transactionalProducer(
                                        "guardian", around.settings().prefix() + "-guardian"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer()),
                () -> !isStillGuardian(),
                transactions);
        commit = mineToWrite;
        dead.forEach((id, isFenced) -> fence(id));
        // The guardian before is fenced by then, and what it has written is known: only now this one may act.
        mineToWrite
                .start()
                .thenCompose(ready -> log.syncSurely())
                .whenComplete((synced, failure) -> log.execute(() -> {
                    if (mine == term && failure == null) {
                        onReady();
                    } else if (mine == term) {
                        LOG.atWarn()
                                .addKeyValue("cause", failure.toString())
                                .log("State cannot be read to its end, trying on");
                        end();
                        begin();
                    }
                }));
    }

    private boolean isStillGuardian() {
        around.place().fleet().sync().toCompletableFuture().join();
        return around.place().fleet().isGuardian() && !around.place().lease().isEnded();
    }

    private void onReady() {
        active = true;
        Set<String> owners = new HashSet<>();
        table.entries().forEach((clientId, entry) -> {
            Claimed owner = entry.owner();
            if (owner != null) {
                owners.add(owner.instance());
            }
            examine(clientId);
        });
        FleetLog fleet = around.place().fleet();
        var unused = fleet.sync()
                .thenRun(() -> fleet.execute(() -> owners.forEach(id -> {
                    if (fleet.isGone(id)) {
                        log.execute(() -> onDead(id, false));
                    } else {
                        fleet.onUnknown(id);
                    }
                })));
    }

    private void end() {
        term++;
        active = false;
        due.clear();
        acting.clear();
        GroupCommit ended = commit;
        commit = null;
        if (ended != null) {
            ended.close();
        }
    }

    // ---- the dead -------------------------------------------------------------------------------------------------

    private void onDead(String id, boolean isFenced) {
        Boolean known = dead.get(id);
        if (Boolean.TRUE.equals(known)) {
            return;
        }
        if (isFenced) {
            onFenced(id);
        } else {
            dead.put(id, false);
            if (commit != null) {
                fence(id);
            }
        }
    }

    /** Ends what a dead instance may have left open: it holds up every reader, and must not be committed later. */
    private void fence(String id) {
        if (Boolean.TRUE.equals(dead.get(id)) || !fencing.add(id)) {
            return;
        }
        long begin = System.nanoTime();
        around.admin()
                .fenceProducers(around.place().transactionalIds().apply(id))
                .all()
                .toCompletionStage()
                .whenComplete((fenced, failure) -> log.execute(() -> {
                    fencing.remove(id);
                    if (failure == null) {
                        LOG.atInfo()
                                .addKeyValue("instance", id)
                                .addKeyValue(
                                        "millis",
                                        Duration.ofNanos(System.nanoTime() - begin)
                                                .toMillis())
                                .log("Transactions of a dead instance ended");
                        around.place().fleet().onFenced(id);
                        onFenced(id);
                    } else {
                        LOG.atWarn()
                                .addKeyValue("instance", id)
                                .addKeyValue("cause", failure.toString())
                                .log("Transactions of a dead instance cannot be ended, trying on");
                        unfencedSinceNanos = System.nanoTime();
                    }
                }));
    }

    private long unfencedSinceNanos;

    private void onFenced(String id) {
        dead.put(id, true);
        if (active) {
            table.entries().forEach((clientId, entry) -> {
                Claimed owner = entry.owner();
                if (owner != null && owner.instance().equals(id)) {
                    examine(clientId);
                }
            });
        }
    }

    /** Somebody owns a session from here on. */
    void onOwned(ClientId clientId, Claimed owner) {
        if (active && dead.containsKey(owner.instance())) {
            examine(clientId);
        }
    }

    /** Nobody owns it any more. */
    void onFree(ClientId clientId, SessionTable.Entry entry) {
        if (active && !acting.contains(clientId)) {
            watch(clientId, entry);
        }
    }

    private void examine(ClientId clientId) {
        SessionTable.Entry entry = table.entries().get(clientId);
        if (entry == null || !active || acting.contains(clientId)) {
            return;
        }
        Claimed owner = entry.owner();
        if (owner == null) {
            watch(clientId, entry);
        } else if (Boolean.TRUE.equals(dead.get(owner.instance()))) {
            release(clientId, entry, owner);
        }
    }

    /** Does what a dead owner would have done when its connection ended. */
    private void release(ClientId clientId, SessionTable.Entry entry, Claimed owner) {
        SessionState state = state(clientId, entry);
        SessionState left = state == null ? null : left(state, clock.latestMillis());
        change(clientId, entry, owner.epoch(), left, clock.earliestMillis());
    }

    /** The state of a session whose connection ends now, with its will. */
    private static SessionState left(SessionState state, long now) {
        long expiry = state.expirySeconds() == NEVER_EXPIRES ? Long.MAX_VALUE : now + state.expirySeconds() * 1000;
        if (state.expirySeconds() == 0) {
            expiry = 0;
        }
        StoredWill will = state.will();
        if (will != null && will.dueEpochMillis() == StoredWill.NOT_DUE) {
            long delay = Math.min(will.delaySeconds(), state.expirySeconds());
            will = will.dueAt(delay == 0 ? 0 : now + delay * 1000);
        }
        return new SessionState(
                state.expirySeconds(),
                expiry,
                state.subscriptions(),
                state.cursors(),
                state.inFlight(),
                state.receivedQos2(),
                will,
                state.sharers());
    }

    // ---- time -----------------------------------------------------------------------------------------------------

    private void watch(ClientId clientId, SessionTable.Entry entry) {
        SessionState state = state(clientId, entry);
        if (state != null) {
            StoredWill will = state.will();
            long at = Math.min(state.expiryEpochMillis(), will == null ? Long.MAX_VALUE : will.dueEpochMillis());
            if (at != Long.MAX_VALUE) {
                due.add(new Due(at, clientId));
            }
        }
    }

    /** Looks what is due. On the log's thread. */
    void onTick() {
        if (commit != null
                && unfencedSinceNanos != 0
                && System.nanoTime() - unfencedSinceNanos > FENCE_RETRY.toNanos()) {
            unfencedSinceNanos = 0;
            dead.forEach((id, isFenced) -> fence(id));
        }
        long now = clock.earliestMillis();
        for (Due first = due.peek(); active && first != null && first.epochMillis <= now; first = due.peek()) {
            due.remove();
            SessionTable.Entry entry = table.entries().get(first.clientId);
            if (entry != null && entry.owner() == null && !acting.contains(first.clientId)) {
                onDue(first.clientId, entry, now);
            }
        }
    }

    private void onDue(ClientId clientId, SessionTable.Entry entry, long now) {
        SessionState state = state(clientId, entry);
        byte[] session = entry.session();
        if (state == null || session == null || !(state.isExpired(now) || state.dueWill(now) != null)) {
            return;
        }
        try {
            change(clientId, entry, around.records().session(session).getEpoch(), state, now);
        } catch (IOException | RuntimeException unreadable) {
            onUnreadable.accept(clientId, unreadable);
        }
    }

    // ---- acting ---------------------------------------------------------------------------------------------------

    /**
     * Writes what has become of an absent client's session, with its will if that is due.
     *
     * @param left what is to be left behind, or null for nothing
     */
    private void change(
            ClientId clientId, SessionTable.Entry entry, long epoch, @Nullable SessionState left, long now) {
        GroupCommit by = commit;
        if (by == null) {
            return;
        }
        boolean ends = left == null || left.isExpired(now);
        if (ends && left != null && left.expirySeconds() > 0) {
            events.onExpired();
        }
        StoredWill will = left == null ? null : left.dueWill(now);
        SessionState rest = left == null || will == null ? left : left.withWill(null);
        List<ProducerRecord<byte[], byte[]>> changes = ends || rest == null
                ? around.rows().end(clientId, epoch, entry.parts().keySet())
                : List.of(around.rows()
                        .row(
                                clientId,
                                epoch,
                                SessionKey.SESSION,
                                around.records().session(rest, new Claimed(epoch, "", -1), false)));
        byte[] before = entry.session();
        acting.add(clientId);
        int mine = term;
        CompletionStage<Void> done = will == null
                ? write(by, clientId, changes, before)
                : around.wills().publish(clientId, will, clock.latestMillis(), changes, before, by);
        done.whenComplete((written, failure) -> {
            if (failure != null) {
                LOG.atWarn()
                        .addKeyValue("clientId", clientId)
                        .addKeyValue("cause", failure.toString())
                        .log("A session of an absent client could not be changed, trying on");
            }
            log.syncSurely()
                    .whenComplete((synced, unsynced) -> log.execute(() -> {
                        if (mine == term) {
                            acting.remove(clientId);
                            examine(clientId);
                        }
                    }));
        });
    }

    private CompletionStage<Void> write(
            GroupCommit by, ClientId clientId, List<ProducerRecord<byte[], byte[]>> changes, byte @Nullable [] before) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        by.submit(new GroupCommit.Item() {
            @Override
            public List<ProducerRecord<byte[], byte[]>> rows() {
                return changes;
            }

            @Override
            public void onWritten(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
                if (failure == null) {
                    done.complete(null);
                } else {
                    done.completeExceptionally(failure);
                }
            }

            @Override
            public boolean isWritten() {
                log.syncSurely().toCompletableFuture().join();
                return !Arrays.equals(before, table.session(clientId));
            }
        });
        return done;
    }

    private @Nullable SessionState state(ClientId clientId, SessionTable.Entry entry) {
        byte[] session = entry.session();
        if (session == null) {
            return null;
        }
        try {
            return around.records()
                    .state(session, entry.parts(), (part, cause) -> onUnreadable.accept(clientId, cause));
        } catch (IOException | RuntimeException unreadable) {
            onUnreadable.accept(clientId, unreadable);
            return null;
        }
    }

    /** Ends; what is being written is waited for a little. Any thread. */
    @Override
    public void close() {
        GroupCommit last = commit;
        if (last != null) {
            last.close();
            last.join(CLOSE_TIMEOUT);
        }
    }
}
