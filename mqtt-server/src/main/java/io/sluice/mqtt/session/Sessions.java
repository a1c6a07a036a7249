package io.sluice.mqtt.session;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.SessionState;
import io.sluice.mqtt.port.SessionStore;
import io.sluice.mqtt.port.SessionStore.Claim;
import java.util.List;
import reactor.core.publisher.Mono;

/** Opens sessions: claims the client id, and takes up or discards what is there. Safe for all threads. */
public final class Sessions {

    /** Session Expiry Interval 0xFFFFFFFF: the session does not expire (section 3.1.2.11.2). */
    public static final long NEVER_EXPIRES = 0xFFFF_FFFFL;

    private final SessionStore store;
    private final SessionContext context;
    private final SharedGroups shares;

    /**
     * @param loops where shared subscriptions live
     */
    public Sessions(SessionStore store, SessionContext context, List<Loop> loops, MeterRegistry registry) {
        this.store = store;
        this.context = context;
        this.shares = new SharedGroups(loops, store, context, registry);
    }

    /**
     * Claims the session of a client id; who has it now is sent away first.
     *
     * @return the claim, which the caller must {@link #open} or release; on any thread
     */
    public Mono<Claim> claim(ClientId clientId, SessionStore.Owner owner) {
        return store.claim(clientId, owner);
    }

    /** The same for a client that starts clean, has no will, and whose session ends with its connection. */
    public Mono<Claim> claimForConnection(ClientId clientId, SessionStore.Owner owner) {
        return store.claimForConnection(clientId, owner);
    }

    /**
     * Makes the session of a claim. On the connection's loop.
     *
     * @return the session, to be {@link Session#start() started} after CONNACK
     */
    public Session open(SessionRequest request, Claim claim) {
        SessionState state = claim.state();
        // One that ended with its connection may still stand there for its will.
        boolean isDiscarded = state != null && (request.cleanStart() || state.expirySeconds() == 0);
        if (state != null && isDiscarded) {
            if (state.expirySeconds() > 0) {
                context.meters().event(SessionMeters.Event.DISCARDED);
            }
            forgetShares(request.clientId(), state);
            state = null;
        }
        context.meters().event(state == null ? SessionMeters.Event.CREATED : SessionMeters.Event.RESUMED);
        return new Session(request, claim, new Session.Found(state, isDiscarded), context, shares);
    }

    /** Whether no client may have this id: groups that share a subscription are known by such. */
    public static boolean isReserved(ClientId clientId) {
        return clientId.value().startsWith(SharedGroups.PREFIX);
    }

    private void forgetShares(ClientId clientId, SessionState discarded) {
        discarded.subscriptions().stream()
                .map(SessionState.StoredSubscription::filter)
                .filter(TopicFilter::isShared)
                .forEach(filter -> shares.forget(filter, clientId));
    }

    /** How long a session may outlive its connection, given what the client asks for, in seconds. */
    public long grantedExpirySeconds(long askedSeconds) {
        return context.settings().grantedExpirySeconds(askedSeconds);
    }

    /** A connection lost its session to a newer one. */
    public void onTakenOver() {
        context.meters().event(SessionMeters.Event.TAKEN_OVER);
    }

    static long expiryEpochMillis(long nowEpochMillis, long expirySeconds) {
        if (expirySeconds == 0) {
            // It has ended, by every clock.
            return 0;
        }
        return expirySeconds == NEVER_EXPIRES ? Long.MAX_VALUE : nowEpochMillis + expirySeconds * 1000;
    }
}
