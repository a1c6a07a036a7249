package io.sluice.mqtt.port;

import io.sluice.mqtt.message.ClientId;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Who owns which client's session, and the sessions of the absent. Safe for all threads. Ownership is exclusive: the
 * last claim wins, and gets the state only after the owner before it has released it.
 */
public interface SessionStore {

    /**
     * Claims the session of a client id. An owner that has it now is told by {@link Owner#onSuperseded()} and must
     * {@link Claim#release release}.
     *
     * @return the claim, with the state that the owner before it left, once it is this claim's turn; on any thread.
     *     Never, when yet another claim comes first: then its owner is told by onSuperseded alone
     */
    Mono<Claim> claim(ClientId clientId, Owner owner);

    /** Who holds a claim. */
    interface Owner {
        /** Another claim was made: end the connection and release. Any thread, at most once. */
        void onSuperseded();
    }

    /** The exclusive hold on one session. */
    interface Claim {

        /** What the owner before left and nobody discarded, or null. */
        @Nullable
        SessionState state();

        /** Makes the state durable while the claim goes on; completes when it is. */
        Mono<Void> save(SessionState state);

        /**
         * Gives the session up, and leaves its state behind, or nothing when it has ended. Idempotent.
         *
         * @param state what the next owner gets, or null when the session ends here
         */
        void release(@Nullable SessionState state);
    }
}
