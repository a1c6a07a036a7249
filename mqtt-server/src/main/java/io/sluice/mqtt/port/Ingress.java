package io.sluice.mqtt.port;

import io.sluice.mqtt.message.Message;

/** Where messages from devices go: mapped, produced, acknowledged. */
public interface Ingress {

    /**
     * Opens the way in for one connection.
     *
     * @param loop the connection's loop: the lane is used on it, and calls back on it
     * @param onReadable called on the loop when {@link Lane#isReadable()} has become true again
     */
    Lane open(Loop loop, Runnable onReadable);

    /** One connection's way into the log. Confined to its loop. */
    interface Lane {

        /**
         * Takes a message; never refuses to take. Messages of one lane reach the log in the order of these calls.
         *
         * @param message what to write
         * @param listener told the outcome exactly once, on the loop, never within this call
         */
        void publish(Message message, OutcomeListener listener);

        /** Whether more may be read from the connection: false when the look-ahead of this lane is used up. */
        boolean isReadable();

        /** Messages that were taken and have no outcome yet. */
        int pending();

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
