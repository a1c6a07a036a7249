package io.sluice.benchmarks.jmh;

import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.subscription.Subscriber;
import io.sluice.mqtt.subscription.Subscription;
import io.sluice.mqtt.subscription.SubscriptionOptions;

/** Wildcard filters of 1,000 tenants with their devices, four kinds in turn, and topic names that some of them match. */
final class Filters {

    private static final int TENANTS = 1_000;
    private static final SubscriptionOptions OPTIONS =
            new SubscriptionOptions(Qos.AT_LEAST_ONCE, false, false, SubscriptionOptions.SEND_RETAINED, 0);
    private static final Subscriber SUBSCRIBER = new Subscriber() {};

    private Filters() {}

    static Subscription subscription(int number) {
        return new Subscription(SUBSCRIBER, TopicFilter.of(filter(number)), OPTIONS);
    }

    static TopicName topicName(int number) {
        return TopicName.of("tenant" + number % TENANTS + "/device" + number + "/temp");
    }

    private static String filter(int number) {
        String tenant = "tenant" + number % TENANTS;
        String device = "device" + number;
        return switch (number % 4) {
            case 0 -> tenant + "/" + device + "/#";
            case 1 -> tenant + "/" + device + "/+";
            case 2 -> tenant + "/+/sensor" + number;
            default -> "+/" + device + "/temp";
        };
    }
}
