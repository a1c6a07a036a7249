package io.sluice.mqtt.message;

import org.jspecify.annotations.Nullable;

/**
 * An application message: what a device publishes and a subscriber gets. Immutable.
 *
 * @param topicName where it is published
 * @param qos the publisher's QoS; a subscriber gets the lower of this and its own
 * @param retain the RETAIN flag as published
 * @param payload the bytes, never parsed
 * @param properties the MQTT 5 properties, {@link MessageProperties#NONE} for MQTT 3
 * @param publisher the client that published it, or null when a Kafka program did not say
 */
public record Message(
        TopicName topicName,
        Qos qos,
        boolean retain,
        Payload payload,
        MessageProperties properties,
        @Nullable ClientId publisher) {

    /** A message without properties or publisher: for tests and plain Kafka records. */
    public static Message of(String topicName, Qos qos, String payload) {
        return new Message(TopicName.of(topicName), qos, false, Payload.of(payload), MessageProperties.NONE, null);
    }

    public Message withRetain(boolean newRetain) {
        return newRetain == retain ? this : new Message(topicName, qos, newRetain, payload, properties, publisher);
    }

    public Message withQos(Qos newQos) {
        return newQos == qos ? this : new Message(topicName, newQos, retain, payload, properties, publisher);
    }
}
