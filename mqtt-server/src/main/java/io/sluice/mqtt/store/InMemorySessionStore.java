package io.sluice.mqtt.store;

import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.SessionState;
import io.sluice.mqtt.port.SessionState.StoredWill;
import io.sluice.mqtt.port.SessionStore;
import io.sluice.mqtt.port.VolatileClaim;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Sessions in this process's memory: they survive their connections, not the process. Safe for all threads: every call
 * is carried out on one loop, which also keeps the timers of expiry and of delayed wills.
 */
public final class InMemorySessionStore implements SessionStore {

    /** Told about sessions that end while nobody holds them. */
    public interface Events {
        /** A will is due. */
        void onWillDue(Message will);

        /** A session expired. */
        void onExpired();
    }

    private static final class Entry {
        final Deque<Held> claims = new ArrayDeque<>();

        @Nullable
        SessionState state;

        Loop.@Nullable Timer timer;
    }

    private final Loop loop;
    private final Events events;
    private final Map<ClientId, Entry> entries = new HashMap<>();

    public InMemorySessionStore(Loop loop, Events events) {
        this.loop = loop;
        this.events = events;
    }

    @Override
    public Mono<Claim> claim(ClientId clientId, Owner owner) {
        return Mono.create(sink -> onLoop(() -> enqueue(clientId, owner, sink)));
    }

    private void onLoop(Runnable task) {
        if (loop.inLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    private void enqueue(ClientId clientId, Owner owner, MonoSink<Claim> sink) {
        Entry entry = entries.computeIfAbsent(clientId, ignored -> new Entry());
        Held claim = new Held(clientId, owner, sink);
        Held first = entry.claims.peekFirst();
        while (entry.claims.size() > 1) {
            // Those that wait in between never get their turn: the last claim wins.
            entry.claims.removeLast().supersede();
        }
        entry.claims.addLast(claim);
        if (first == null) {
            grant(entry);
        } else {
            first.supersede();
        }
    }

    private void grant(Entry entry) {
        Held next = entry.claims.peekFirst();
        if (next == null) {
            return;
        }
        if (entry.timer != null) {
            entry.timer.cancel();
            entry.timer = null;
        }
        SessionState state = entry.state;
        if (state != null && state.expiryEpochMillis() <= loop.epochMillis()) {
            expire(entry, state);
            state = null;
        }
        next.state = state;
        next.sink.success(next);
    }

    private void release(Held claim, @Nullable SessionState state) {
        Entry entry = entries.get(claim.clientId);
        if (entry == null || entry.claims.peekFirst() != claim) {
            return;
        }
        entry.claims.removeFirst();
        SessionState left = state == null ? null : published(state);
        entry.state = left;
        if (!entry.claims.isEmpty()) {
            grant(entry);
        } else if (left == null) {
            entries.remove(claim.clientId);
        } else {
            await(claim.clientId, entry, left);
        }
    }

    /** What is left of a state when the will that is due has been published, or null. */
    private @Nullable SessionState published(SessionState state) {
        long now = loop.epochMillis();
        StoredWill will = state.dueWill(now);
        if (will == null) {
            return state;
        }
        events.onWillDue(will.at(now));
        return state.isExpired(now) ? null : state.withWill(null);
    }

    /** Waits for the will of an absent client, or for the end of its session: for whichever comes first. */
    private void await(ClientId clientId, Entry entry, SessionState state) {
        StoredWill will = state.will();
        long due = Math.min(state.expiryEpochMillis(), will == null ? Long.MAX_VALUE : will.dueEpochMillis());
        if (due == Long.MAX_VALUE) {
            return;
        }
        Duration delay = Duration.ofMillis(Math.max(0, due - loop.epochMillis()));
        entry.timer = loop.schedule(delay, () -> onDue(clientId, entry, state));
    }

    private void onDue(ClientId clientId, Entry entry, SessionState state) {
        entry.timer = null;
        if (!entry.claims.isEmpty()) {
            return;
        }
        long now = loop.epochMillis();
        if (state.expiryEpochMillis() <= now) {
            expire(entry, state);
            entries.remove(clientId);
            return;
        }
        StoredWill will = state.will();
        SessionState rest = state;
        if (will != null && will.dueEpochMillis() <= now) {
            events.onWillDue(will.at(now));
            rest = state.withWill(null);
            entry.state = rest;
        }
        await(clientId, entry, rest);
    }

    private void expire(Entry entry, SessionState state) {
        entry.state = null;
        if (state.expirySeconds() > 0) {
            events.onExpired();
        }
        StoredWill will = state.will();
        if (will != null) {
            events.onWillDue(will.at(loop.epochMillis()));
        }
    }

    private final class Held extends VolatileClaim {
        private final ClientId clientId;
        private final Owner owner;
        private final MonoSink<Claim> sink;
        private boolean superseded;
        private volatile @Nullable SessionState state;

        Held(ClientId clientId, Owner owner, MonoSink<Claim> sink) {
            this.clientId = clientId;
            this.owner = owner;
            this.sink = sink;
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
        public Mono<Void> discard() {
            SessionState discarded = state;
            StoredWill will = discarded == null ? null : discarded.willWhenDiscarded();
            if (will != null) {
                onLoop(() -> events.onWillDue(will.at(loop.epochMillis())));
            }
            state = null;
            return Mono.empty();
        }

        @Override
        public void release(@Nullable SessionState newState) {
            onLoop(() -> InMemorySessionStore.this.release(this, newState));
        }
    }
}
