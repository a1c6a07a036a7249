package io.sluice.mqtt.session;

import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;

/**
 * A client's will (MQTT 5, section 3.1.2.5).
 *
 * @param message what to publish, without its expiry
 * @param expirySeconds Message Expiry Interval, which counts from publication, or -1
 * @param delaySeconds Will Delay Interval
 */
public record Will(Message message, long expirySeconds, long delaySeconds) {

    /** The will as it is published at this time. */
    Message at(long epochMillis) {
        if (expirySeconds < 0) {
            return message;
        }
        MessageProperties properties = message.properties();
        return new Message(
                message.topicName(),
                message.qos(),
                message.retain(),
                message.payload(),
                new MessageProperties(
                        properties.payloadFormatUtf8(),
                        epochMillis + expirySeconds * 1000,
                        properties.contentType(),
                        properties.responseTopic(),
                        properties.correlationData(),
                        properties.userProperties()),
                message.publisher());
    }
}
