package io.sluice.mqtt.subscription;

import io.sluice.mqtt.message.Qos;

/**
 * The options of a subscription (MQTT 5, section 3.8.3.1).
 *
 * @param qos the highest QoS that the client wants
 * @param noLocal not what the client published itself [MQTT-3.8.3-3]
 * @param retainAsPublished keep the RETAIN flag as it was published [MQTT-3.3.1-12, -13]
 * @param retainHandling 0: send retained messages, 1: only for a new subscription, 2: never
 * @param identifier the Subscription Identifier that goes out with each message, 0 for none
 */
public record SubscriptionOptions(
        Qos qos, boolean noLocal, boolean retainAsPublished, int retainHandling, int identifier) {

    public static final int SEND_RETAINED = 0;
    public static final int SEND_RETAINED_IF_NEW = 1;
}
