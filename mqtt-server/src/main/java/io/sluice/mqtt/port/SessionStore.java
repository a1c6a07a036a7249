package io.sluice.mqtt.port;

import io.sluice.mqtt.message.ClientId;
import java.util.Collection;
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

    /**
     * Claims the session of a client whose session ends with its connection and leaves nothing behind: where nobody has
     * it, and nothing is known of it, the claim needs not wait for the log.
     */
    default Mono<Claim> claimForConnection(ClientId clientId, Owner owner) {
        return claim(clientId, owner);
    }

    /** Who holds a claim. */
    interface Owner {
        /** Another claim was made: end the connection and release. Any thread, at most once. */
        void onSuperseded();

        /** Whether it does not want the claim any more: one that is not made yet need not be made. Any thread. */
        default boolean isGone() {
            return false;
        }
    }

    /** The exclusive hold on one session. */
    interface Claim {

        /** What the owner before left and nobody discarded, or null. */
        @Nullable
        SessionState state();

        /** Makes the state durable while the claim goes on; completes when it is, on any thread. */
        Mono<Void> save(SessionState state);

        /** Makes one delivery durable, which the next state to be saved holds as well; completes on any thread. */
        Mono<Void> saveDelivery(SessionState.InFlight delivery);

        /** The log has the message with this packet id, and the id with it, by {@link Ingress.Lane#publishOnce}. */
        void onReceived(int packetId);

        /** The client has released the packet ids [MQTT-4.3.3-12]; completes on any thread when that is durable. */
        Mono<Void> forgetReceived(Collection<Integer> packetIds);

        /**
         * The session that was left behind is not taken up, as the client starts clean: it ends here, and its will, if
         * it has one, is due [MQTT-3.1.3-9].
         *
         * @return completes on any thread when the will is durable, and will not be published again
         */
        Mono<Void> discard();

        /**
         * Gives the session up, and leaves its state behind, or nothing when it has ended. Idempotent.
         *
         * @param state what the next owner gets, or null when the session ends here. A will that is due is published,
         *     exactly once; a session that has expired by then ends
         */
        void release(@Nullable SessionState state);
    }
}
