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

    /** Bytes of the key by which client ids are told apart. */
    public static final int KEY_BYTES = Pace.KEY_BYTES;

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
     * @param key any {@value #KEY_BYTES} bytes, unknown to clients
     */
    public PacedClaims(SessionStore store, List<Loop> loops, int perSecond, byte[] key, MeterRegistry registry) {
        this.store = store;
        this.loops = loops;
        this.pace = new Pace(key, Duration.ofSeconds(1).dividedBy(perSecond), BURST_SECONDS * perSecond);
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
        private volatile boolean isClaiming;

        Waiting(Owner owner, MonoSink<Claim> sink, BiFunction<ClientId, Owner, Mono<Claim>> kind) {
            this.owner = owner;
            this.sink = sink;
            this.kind = kind;
        }

        void claim(ClientId clientId) {
            isClaiming = true;
            // Not cancelled when the connection goes: a claim that is granted must be released by somebody.
            Mono.defer(() -> kind.apply(clientId, owner)).subscribe(sink::success, sink::error);
        }

        /** A newer one has come. What it claims already, the store takes from it. */
        void supersede() {
            if (!isClaiming) {
                owner.onSuperseded();
            }
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
            Arrival arrival = new Arrival(new Waiting(owner, sink, kind));
            waiting.compute(clientId, arrival::behind);
            if (arrival.before != null) {
                delayed.increment();
                arrival.before.supersede();
            } else if (arrival.delayNanos > 0) {
                delayed.increment();
                schedule(clientId, arrival.delayNanos);
            } else {
                arrival.mine.claim(clientId);
            }
        });
    }

    private Loop loop(ClientId clientId) {
        return loops.get(Math.floorMod(clientId.hashCode(), loops.size()));
    }

    private long take(ClientId clientId) {
        return pace.take(clientId.value(), loop(clientId).nanoTime() - beginNanos);
    }

    private void schedule(ClientId clientId, long delayNanos) {
        loop(clientId).schedule(Duration.ofNanos(delayNanos), () -> next(clientId));
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
        Waiting behind(ClientId clientId, @Nullable Waiting found) {
            before = found;
            if (found == null) {
                delayNanos = take(clientId);
            }
            // In the place of one that waits, at the time that was meant for that.
            return found == null && delayNanos == 0 ? null : mine;
        }
    }

    private void next(ClientId clientId) {
        Waiting newest = waiting.get(clientId);
        if (newest == null) {
            return;
        }
        // Whose connection has ended must not take the session from one that may have come elsewhere since.
        if (!newest.owner.isGone()) {
            newest.claim(clientId);
        }
        // Nobody passes it by before its claim is made.
        if (!waiting.remove(clientId, newest)) {
            schedule(clientId, take(clientId));
        }
    }
}
