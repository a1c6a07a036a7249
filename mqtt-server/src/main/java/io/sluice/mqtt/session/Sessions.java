package io.sluice.mqtt.session;

import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.port.SessionState;
import io.sluice.mqtt.port.SessionStore;
import io.sluice.mqtt.port.SessionStore.Claim;
import reactor.core.publisher.Mono;

/** Opens sessions: claims the client id, and takes up or discards what is there. Safe for all threads. */
public final class Sessions {

    /** Session Expiry Interval 0xFFFFFFFF: the session does not expire (section 3.1.2.11.2). */
    public static final long NEVER_EXPIRES = 0xFFFF_FFFFL;

    private final SessionStore store;
    private final SessionContext context;

    public Sessions(SessionStore store, SessionContext context) {
        this.store = store;
        this.context = context;
    }

    /**
     * Claims the session of a client id; who has it now is sent away first.
     *
     * @return the claim, which the caller must {@link #open} or release; on any thread
     */
    public Mono<Claim> claim(ClientId clientId, SessionStore.Owner owner) {
        return store.claim(clientId, owner);
    }

    /**
     * Makes the session of a claim. On the connection's loop.
     *
     * @return the session, to be {@link Session#start() started} after CONNACK
     */
    public Session open(SessionRequest request, Claim claim) {
        SessionState state = claim.state();
        if (state != null && request.cleanStart()) {
            context.meters().event(SessionMeters.Event.DISCARDED);
            // The session ends here, and with it the wait of its will [MQTT-3.1.2-8].
            SessionState.StoredWill will = state.will();
            if (will != null) {
                context.wills().accept(will.message());
            }
            state = null;
        }
        context.meters().event(state == null ? SessionMeters.Event.CREATED : SessionMeters.Event.RESUMED);
        return new Session(request, claim, state, context);
    }

    /** How long a session may outlive its connection, given what the client asks for, in seconds. */
    public long grantedExpirySeconds(long askedSeconds) {
        return Math.min(askedSeconds, context.settings().expiryMax().toSeconds());
    }

    /** A connection lost its session to a newer one. */
    public void onTakenOver() {
        context.meters().event(SessionMeters.Event.TAKEN_OVER);
    }

    static long expiryEpochMillis(long nowEpochMillis, long expirySeconds) {
        return expirySeconds == NEVER_EXPIRES ? Long.MAX_VALUE : nowEpochMillis + expirySeconds * 1000;
    }
}
