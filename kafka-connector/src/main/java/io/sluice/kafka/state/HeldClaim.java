package io.sluice.kafka.state;

import io.sluice.kafka.fleet.Lease;
import io.sluice.kafka.log.CompactedLog;
import io.sluice.kafka.state.Ownership.Claimed;
import io.sluice.kafka.transaction.Companion;
import io.sluice.kafka.transaction.TransactionalClaim;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.port.EpochClock;
import io.sluice.mqtt.port.SessionState;
import io.sluice.mqtt.port.SessionState.StoredWill;
import io.sluice.mqtt.port.SessionStore.Claim;
import io.sluice.mqtt.port.SessionStore.Owner;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * A claim that owns its session. What it writes is confined to the session's loop; what others have written
 * meanwhile, and should not have, it mends on the log's thread.
 */
final class HeldClaim implements Claim, TransactionalClaim {
    private static final Logger LOG = LoggerFactory.getLogger(HeldClaim.class);

    private final Surroundings around;
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

    /**
     * What stands around claims.
     *
     * @param onReleased told of each that is given up, on its session's loop
     * @param unreleased counts those whose release is not done yet
     */
    record Surroundings(
            CompactedLog log,
            SessionTable table,
            SessionWriter writer,
            SessionRecords records,
            SessionRows rows,
            WillOutlet wills,
            EpochClock clock,
            Lease lease,
            Consumer<Claimed> onReleased,
            AtomicInteger unreleased) {}

    /** @param parts what the log has of the session */
    HeldClaim(
            Surroundings around,
            ClientId clientId,
            Owner owner,
            Claimed claimed,
            Map<String, byte[]> parts,
            @Nullable SessionState state) {
        this.around = around;
        this.clientId = clientId;
        this.owner = owner;
        this.claimed = claimed;
        this.state = state;
        written = new ConcurrentHashMap<>(parts);
        written.keySet().removeIf(SessionKey::isReceived);
        received = new ReceivedPacketIds(parts, around.records(), (part, value) -> around.writer()
                .write(clientId, claimed.epoch(), part, value));
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

    /** What the owner before has left had expired, and is discarded. */
    void onExpired() {
        state = null;
    }

    ClientId clientId() {
        return clientId;
    }

    Claimed claimed() {
        return claimed;
    }

    ReceivedPacketIds received() {
        return received;
    }

    @Override
    public Mono<Void> save(SessionState newState) {
        if (released) {
            return Mono.empty();
        }
        // Whatever the process comes to write of it before it dies must be a state that was: a subscription without
        // its cursor would be read from the beginning, so it goes before the cursor does.
        Map<String, byte[]> parts = around.records().parts(newState);
        CompletionStage<Long> last = writeParts(parts);
        last = write(SessionKey.SESSION, around.records().session(newState, claimed, true), last);
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
            return around.writer().write(clientId, claimed.epoch(), part, value);
        }
    }

    @Override
    public Mono<Void> saveDelivery(SessionState.InFlight delivery) {
        if (released) {
            return Mono.empty();
        }
        CompletionStage<Long> done = write(
                SessionKey.delivery(delivery.packetId()),
                around.records().delivery(delivery),
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
        return new ReceivedRow(around, this, packetId);
    }

    @Override
    public Mono<Void> discard() {
        SessionState discarded = state;
        StoredWill will = discarded == null ? null : discarded.willWhenDiscarded();
        byte[] before = written.get(SessionKey.SESSION);
        if (will == null || discarded == null || before == null) {
            return Mono.empty();
        }
        byte[] without = around.records().session(discarded.withWill(null), claimed, true);
        written.put(SessionKey.SESSION, without);
        return Mono.fromCompletionStage(around.wills()
                .publish(
                        clientId,
                        will,
                        around.clock().latestMillis(),
                        List.of(around.rows().row(clientId, claimed.epoch(), SessionKey.SESSION, without)),
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
            SessionWriter.logFailure(
                    clientId,
                    SessionKey.isReceived(part)
                            ? received.repair(part)
                            : around.writer().write(clientId, claimed.epoch(), part, mine));
        }
    }

    byte @Nullable [] lastWritten(String part) {
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
        around.onReleased().accept(claimed);
        if (around.lease().isEnded()) {
            // Whoever has declared this instance dead has done it, or will.
            around.unreleased().decrementAndGet();
            return;
        }
        long now = around.clock().earliestMillis();
        StoredWill will = newState == null ? null : newState.dueWill(now);
        if (newState == null) {
            around.writer().end(clientId, claimed.epoch(), parts());
        } else if (will == null) {
            leave(newState);
            SessionWriter.logFailure(
                    clientId,
                    around.writer()
                            .write(
                                    clientId,
                                    claimed.epoch(),
                                    SessionKey.SESSION,
                                    around.records().session(newState, claimed, false)));
        } else {
            releaseWith(will, newState.withWill(null), newState.isExpired(now));
            return;
        }
        around.unreleased().decrementAndGet();
    }

    /** The will and the release are one: a crash leaves both to be done, or neither. */
    private void releaseWith(StoredWill will, SessionState rest, boolean ends) {
        byte[] before = written.get(SessionKey.SESSION);
        CompletionStage<?> left = ends ? CompletableFuture.completedFuture(0L) : leave(rest);
        List<ProducerRecord<byte[], byte[]>> release = ends
                ? around.rows().end(clientId, claimed.epoch(), parts())
                : List.of(around.rows()
                        .row(
                                clientId,
                                claimed.epoch(),
                                SessionKey.SESSION,
                                around.records().session(rest, claimed, false)));
        left.thenCompose(written ->
                        around.wills().publish(clientId, will, around.clock().latestMillis(), release, before, null))
                .whenComplete((done, failure) -> {
                    around.unreleased().decrementAndGet();
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
        Map<String, byte[]> parts = around.records().parts(rest);
        return received.keep(rest.receivedQos2(), removeOthers(parts, writeParts(parts)));
    }

    private Set<String> parts() {
        Set<String> parts = new HashSet<>(written.keySet());
        parts.remove(SessionKey.SESSION);
        parts.addAll(received.parts());
        return parts;
    }
}
