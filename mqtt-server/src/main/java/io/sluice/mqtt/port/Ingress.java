package io.sluice.mqtt.port;

import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;

/** Where messages from devices go: mapped, produced, acknowledged. */
public interface Ingress {

    /** What holds a client first when the log takes no more. */
    enum Brake {
        /** Nothing but its socket, which is not read then: an MQTT 3 client. */
        SOCKET,
        /**
         * It stops at our Receive Maximum by itself: an MQTT 5 client. What it sends at QoS 1 and 2 up to there is
         * taken as long as there is room for it, so that its socket goes on being read.
         */
        RECEIVE_MAXIMUM
    }

    /**
     * Opens the way in for one connection.
     *
     * @param loop the connection's loop: the lane is used on it, and calls back on it
     * @param brake what holds the client first
     * @param onReadable called on the loop when {@link Lane#isReadable()} has become true again
     */
    Lane open(Loop loop, Brake brake, Runnable onReadable);

    /** Opens the way in for one who can only be held by not being read. */
    default Lane open(Loop loop, Runnable onReadable) {
        return open(loop, Brake.SOCKET, onReadable);
    }

    /**
     * What goes into the log together with a message at QoS 2.
     *
     * @param claim the session's
     * @param packetId of the message
     */
    record Once(SessionStore.Claim claim, int packetId) {}

    /** One connection's way into the log. Confined to its loop. */
    interface Lane {

        /**
         * Takes a message; never refuses to take. Messages of one lane reach the log in the order of these calls.
         *
         * @param message what to write
         * @param listener told the outcome exactly once, on the loop, never within this call
         */
        void publish(Message message, OutcomeListener listener);

        /**
         * Takes a message of which the session must remember the packet id: the log has both, or neither, and the
         * copy of a retained message may be with them: {@link RetainedStore#settle} must follow for one.
         *
         * @param once what goes with the message
         */
        void publishOnce(Message message, Once once, OutcomeListener listener);

        /**
         * Counts a message that is not to be written, in its turn among those that are.
         *
         * @param listener told so on the loop, never within this call
         */
        void refuse(Qos qos, PublishOutcome.Refused refused, OutcomeListener listener);

        /** Whether more may be read from the connection: false when the look-ahead of this lane is used up. */
        boolean isReadable();

        /** Messages that were taken and have no outcome yet. */
        int pending();

        /**
         * Runs the task once, on the loop, as soon as nothing is {@link #pending()}: within this call when nothing is
         * now. One task at a time. The log has decided by then; a retained message's copy may still be on its way.
         */
        void whenSettled(Runnable task);

        /**
         * The connection is gone. What was taken is still written, and its listeners are told: nothing that could
         * have been stored is thrown away.
         */
        void close();
    }

    /** Told what became of a message. */
    interface OutcomeListener {
        void onOutcome(PublishOutcome outcome);
    }
}
