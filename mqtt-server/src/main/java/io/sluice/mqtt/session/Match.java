package io.sluice.mqtt.session;

import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.subscription.Subscription;
import io.sluice.mqtt.subscription.SubscriptionOptions;
import java.util.Arrays;

/**
 * The subscriptions of one session that match one message, made into one delivery: the highest QoS and all Subscription
 * Identifiers [MQTT-3.3.4-2, -3]. Reused from message to message; confined to the session's loop.
 */
final class Match {

    private static final int[] NO_IDENTIFIERS = {};

    private Qos granted = Qos.AT_MOST_ONCE;
    private boolean matched;
    private boolean retainAsPublished;
    private int[] identifiers = NO_IDENTIFIERS;

    void reset() {
        matched = false;
        granted = Qos.AT_MOST_ONCE;
        retainAsPublished = false;
        identifiers = NO_IDENTIFIERS;
    }

    void add(Subscription subscription, Message message, ClientId self) {
        SubscriptionOptions options = subscription.options();
        if (options.noLocal() && self.equals(message.publisher())) {
            return;
        }
        matched = true;
        granted = granted.max(options.qos());
        retainAsPublished |= options.retainAsPublished();
        int identifier = options.identifier();
        if (identifier != 0) {
            identifiers = Arrays.copyOf(identifiers, identifiers.length + 1);
            identifiers[identifiers.length - 1] = identifier;
        }
    }

    boolean isMatched() {
        return matched;
    }

    /** The QoS of the delivery: the lower of published and granted [MQTT-3.8.4-8]. */
    Qos qos(Message message) {
        return message.qos().min(granted);
    }

    /** The RETAIN flag of the delivery on an established subscription [MQTT-3.3.1-12, -13]. */
    boolean retain(Message message) {
        return retainAsPublished && message.retain();
    }

    int[] identifiers() {
        return identifiers;
    }
}
