package io.sluice.mqtt.delivery;

import io.sluice.mqtt.session.Recipient;
import io.sluice.mqtt.subscription.Subscription;

/**
 * Who gets the messages of one topic name from one partition: for each loop its sessions, each with its subscriptions
 * that match. Immutable by agreement: nobody writes to the arrays; shared by all records of the topic name.
 *
 * @param byLoop by the loop's place; null where nobody is
 * @param cost about how many references it holds
 */
@SuppressWarnings("ArrayRecordComponent")
record Matched(Target[][] byLoop, int cost) {

    /** A session, or a group, and its subscriptions that match, at least one. */
    @SuppressWarnings("ArrayRecordComponent")
    record Target(Recipient session, Subscription[] subscriptions) {}
}
