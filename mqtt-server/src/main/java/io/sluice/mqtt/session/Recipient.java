package io.sluice.mqtt.session;

import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.subscription.Subscriber;
import io.sluice.mqtt.subscription.Subscription;

/**
 * Who takes records from the tail: a session, or a group that shares a subscription. Confined to its loop, but for
 * {@link #loop()}.
 */
public interface Recipient extends Subscriber {

    /** The loop that it is confined to. Any thread. */
    Loop loop();

    /** Whether this is the first record of a batch, so that {@link #afterBatch} must follow. */
    boolean touch();

    /**
     * Takes a record from the tail.
     *
     * @param found its subscriptions that match and admit the record
     */
    void deliver(OutboundMessage outbound, LogPartition partition, long offset, Subscription[] found);

    /** The batch has been delivered. */
    void afterBatch();

    /** The server says something of itself, which is not in the log; who shares a subscription does not hear it. */
    default void tell(OutboundMessage message, Subscription subscription) {}
}
