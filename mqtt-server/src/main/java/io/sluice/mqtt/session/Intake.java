package io.sluice.mqtt.session;

import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.subscription.Subscription;

/**
 * Makes deliveries of the records that a session is offered: by the tails, which know the subscriptions that match, and
 * by sweeps and redelivery, for which they are looked up. Confined to the session's loop.
 */
final class Intake {

    /** Told when a record of the tail could not be taken. */
    interface Behind {
        /** From this offset on the session lags in the partition. */
        void onBehind(LogPartition partition, long offset);
    }

    private final ClientId clientId;
    private final SessionSubscriptions subscriptions;
    private final Cursors cursors;
    private final Sender sender;
    private final Behind behind;
    private final Match match = new Match();
    private boolean followsTail = true;

    Intake(ClientId clientId, SessionSubscriptions subscriptions, Cursors cursors, Sender sender, Behind behind) {
        this.clientId = clientId;
        this.subscriptions = subscriptions;
        this.cursors = cursors;
        this.sender = sender;
        this.behind = behind;
    }

    /** Whether records at QoS 1 and 2 are taken from the tail: not before it is known where the session stands. */
    void followTail(boolean follows) {
        followsTail = follows;
    }

    /**
     * Takes a record from the tail.
     *
     * @param found the session's subscriptions that match and admit it
     */
    void takeFromTail(OutboundMessage outbound, LogPartition partition, long offset, Subscription[] found) {
        match.reset();
        boolean early = false;
        for (Subscription subscription : found) {
            if (subscription.isActive()) {
                match.add(subscription, outbound.message(), clientId);
                early |= !subscription.isAnswered();
            }
        }
        if (!match.isMatched()) {
            return;
        }
        Delivery delivery = delivery(outbound, partition, offset, DeliverySource.TAIL);
        if (delivery.qos() == Qos.AT_MOST_ONCE) {
            if (!early) {
                sender.offerAtMostOnce(delivery);
            } else {
                offerToAnswered(outbound, partition, offset, found);
            }
        } else if (followsTail && cursors.takesFromTail(partition, offset) && (early || !sender.offer(delivery))) {
            // Full, or its SUBACK is not out yet.
            behind.onBehind(partition, offset);
        }
    }

    /** Takes what the server says of itself, at QoS 0. */
    void take(OutboundMessage outbound, Subscription subscription) {
        Message message = outbound.message();
        match.reset();
        match.add(subscription, message, clientId);
        sender.offerAtMostOnce(new Delivery(
                outbound,
                null,
                -1,
                Qos.AT_MOST_ONCE,
                match.retain(message),
                match.identifiers(),
                DeliverySource.RETAINED));
    }

    /** At QoS 0 a subscription without its SUBACK misses what comes; the others that match do not. */
    private void offerToAnswered(OutboundMessage outbound, LogPartition partition, long offset, Subscription[] found) {
        match.reset();
        for (Subscription subscription : found) {
            if (subscription.isActive() && subscription.isAnswered()) {
                match.add(subscription, outbound.message(), clientId);
            }
        }
        if (match.isMatched()) {
            sender.offerAtMostOnce(delivery(outbound, partition, offset, DeliverySource.TAIL));
        }
    }

    /** Takes a record from a sweep, if it is for this session; false when the buffer is full. */
    boolean offerFromSweep(OutboundMessage outbound, LogPartition partition, long offset) {
        Message message = outbound.message();
        matchOwn(message, partition, offset);
        // What is at QoS 0 for this session comes from the tail, or not at all.
        if (!match.isMatched() || match.qos(message) == Qos.AT_MOST_ONCE) {
            return true;
        }
        return sender.offer(delivery(outbound, partition, offset, DeliverySource.SWEEP));
    }

    /** What goes out again of a delivery that an earlier connection did not finish. */
    Sender.Resend resend(InFlight delivery, Message message) {
        match.reset();
        LogPartition partition = delivery.partition;
        if (partition != null) {
            matchOwn(message, partition, delivery.offset);
        }
        boolean retain = delivery.retained != null || match.retain(message);
        return new Sender.Resend(delivery, new OutboundMessage(message), retain, match.identifiers());
    }

    private void matchOwn(Message message, LogPartition partition, long offset) {
        match.reset();
        subscriptions.match(
                message.topicName(), partition, offset, subscription -> match.add(subscription, message, clientId));
    }

    private Delivery delivery(OutboundMessage outbound, LogPartition partition, long offset, DeliverySource source) {
        Message message = outbound.message();
        return new Delivery(
                outbound, partition, offset, match.qos(message), match.retain(message), match.identifiers(), source);
    }
}
