package io.sluice.mqtt.session;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.SessionStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Paces how often one client id is claimed. Two devices with the same id take each other's session over as fast as they
 * can connect, and each time the log of all instances grows by some records; here they do so ten times a second. Of those
 * who must wait only the newest does: it would have taken the session from the others at once. Safe for all threads.
 */
public final class PacedClaims implements SessionStore {

    /** What comes in this time at the steady rate may come at once. */
    private static final int BURST_SECONDS = 2;

    private final SessionStore store;
    private final List<Loop> loops;
    private final Pace pace;
    /** The newest of each client id. */
    private final Map<ClientId, Waiting> waiting = new ConcurrentHashMap<>();

    private final long beginNanos;
    private final Counter delayed;

    /**
     * @param loops on which is waited
     * @param perSecond how many claims of one client id
     * @param salt any number, unknown to clients
     */
    public PacedClaims(SessionStore store, List<Loop> loops, int perSecond, int salt, MeterRegistry registry) {
        this.store = store;
        this.loops = loops;
        this.pace = new Pace(salt, Duration.ofSeconds(1).dividedBy(perSecond), BURST_SECONDS * perSecond);
        beginNanos = loops.get(0).nanoTime() - 1;
        delayed = Counter.builder("sluice.claims.delayed")
                .description(
                        "CONNECTs that had to wait, or were closed for a newer one that does, as their client id is claimed too often")
                .register(registry);
    }

    /** A claim that is not made yet. */
    private static final class Waiting {
        private final Owner owner;
        private final MonoSink<Claim> sink;
        private final BiFunction<ClientId, Owner, Mono<Claim>> kind;

        Waiting(Owner owner, MonoSink<Claim> sink, BiFunction<ClientId, Owner, Mono<Claim>> kind) {
            this.owner = owner;
            this.sink = sink;
            this.kind = kind;
        }

        void claim(ClientId clientId) {
            // Not cancelled when the connection goes: a claim that is granted must be released by somebody.
            Mono.defer(() -> kind.apply(clientId, owner)).subscribe(sink::success, sink::error);
        }
    }

    @Override
    public Mono<Claim> claim(ClientId clientId, Owner owner) {
        return paced(clientId, owner, store::claim);
    }

    @Override
    public Mono<Claim> claimForConnection(ClientId clientId, Owner owner) {
        return paced(clientId, owner, store::claimForConnection);
    }

    private Mono<Claim> paced(ClientId clientId, Owner owner, BiFunction<ClientId, Owner, Mono<Claim>> kind) {
        if (Sessions.isReserved(clientId)) {
            return kind.apply(clientId, owner);
        }
        return Mono.create(sink -> {
            Waiting mine = new Waiting(owner, sink, kind);
            Loop loop = loops.get(Math.floorMod(clientId.hashCode(), loops.size()));
            Arrival arrival = new Arrival(mine);
            waiting.compute(clientId, (id, before) -> arrival.behind(before, loop.nanoTime() - beginNanos, id));
            if (arrival.before != null) {
                delayed.increment();
                arrival.before.owner.onSuperseded();
            } else if (arrival.delayNanos > 0) {
                delayed.increment();
                loop.schedule(Duration.ofNanos(arrival.delayNanos), () -> next(clientId));
            } else {
                mine.claim(clientId);
            }
        });
    }

    /** What a claim finds when it comes. */
    private final class Arrival {
        private final Waiting mine;
        private @Nullable Waiting before;
        private long delayNanos;

        Arrival(Waiting mine) {
            this.mine = mine;
        }

        @Nullable
        Waiting behind(@Nullable Waiting found, long nowNanos, ClientId clientId) {
            before = found;
            if (found == null) {
                delayNanos = pace.take(clientId, nowNanos);
            }
            // In the place of one that waits, at the time that was meant for that.
            return found == null && delayNanos == 0 ? null : mine;
        }
    }

    private void next(ClientId clientId) {
        Waiting newest = waiting.remove(clientId);
        if (newest != null) {
            newest.claim(clientId);
        }
    }
}
