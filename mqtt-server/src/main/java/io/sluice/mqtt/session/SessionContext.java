package io.sluice.mqtt.session;

import io.sluice.mqtt.port.Egress;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.RetainedStore;
import io.sluice.mqtt.subscription.Subscription;
import io.sluice.mqtt.subscription.SubscriptionIndex;
import java.util.function.Function;

/**
 * What all sessions of an instance share.
 *
 * @param settings the limits
 * @param index who wants what
 * @param egress the log that is read
 * @param sweeps where sessions catch up that are behind the tail
 * @param retained the retained messages
 * @param tails how far the tails have come on a loop
 * @param meters counts
 */
public record SessionContext(
        SessionSettings settings,
        SubscriptionIndex<Subscription> index,
        Egress egress,
        Sweeps sweeps,
        RetainedStore retained,
        Function<Loop, TailPositions> tails,
        SessionMeters meters) {}
