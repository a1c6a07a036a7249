package io.sluice.kafka.mapping;

import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.message.UserProperty;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a record as anyone may have written them. A header that cannot be what its name says is passed over;
 * of repeated ones the last counts, as everywhere in Kafka, except for user properties, which repeat [MQTT-3.3.2-18].
 */
final class ReceivedHeaders {

    /** What a string or binary value may have on the wire (MQTT 5, sections 1.5.4 and 1.5.6). */
    private static final int WIRE_BYTES_MAX = 65_535;

    private static final int EXPIRY_DIGITS_MAX = 19;

    private byte @Nullable [] topic;
    private @Nullable Qos qos;
    private boolean retain;
    private @Nullable ClientId publisher;
    private boolean payloadFormatUtf8;
    private long expiryEpochMillis = MessageProperties.NEVER;
    private @Nullable String contentType;
    private @Nullable String kafkaContentType;
    private @Nullable String responseTopic;
    private @Nullable Payload correlationData;
    private @Nullable List<UserProperty> userProperties;

    private ReceivedHeaders() {}

    static ReceivedHeaders of(Headers headers) {
        ReceivedHeaders received = new ReceivedHeaders();
        for (Header header : headers) {
            byte[] value = header.value();
            if (value != null) {
                received.accept(header.key(), value);
            }
        }
        return received;
    }

    /** What {@code mqtt.topic} holds, or null without one: not checked. */
    byte @Nullable [] topic() {
        return topic;
    }

    /** Whether it was published as a retained message. */
    boolean retain() {
        return retain;
    }

    /**
     * The message with these headers.
     *
     * @param defaultQos for a record that does not say its own
     * @param trusted whether the publisher is believed, as in what Sluice has written
     */
    Message message(TopicName topicName, byte[] value, Qos defaultQos, boolean trusted) {
        return new Message(
                topicName,
                qos == null ? defaultQos : qos,
                retain,
                Payload.wrap(value),
                properties(),
                trusted ? publisher : null);
    }

    private MessageProperties properties() {
        String type = contentType == null ? kafkaContentType : contentType;
        if (!payloadFormatUtf8
                && expiryEpochMillis == MessageProperties.NEVER
                && type == null
                && responseTopic == null
                && correlationData == null
                && userProperties == null) {
            return MessageProperties.NONE;
        }
        return new MessageProperties(
                payloadFormatUtf8,
                expiryEpochMillis,
                type,
                responseTopic,
                correlationData,
                userProperties == null ? List.of() : userProperties);
    }

    private void accept(String name, byte[] value) {
        switch (name) {
            case MessageHeaders.TOPIC -> topic = value;
            case MessageHeaders.QOS -> qos = qos(value, qos);
            case MessageHeaders.RETAIN -> retain = flag(value, retain);
            case MessageHeaders.PAYLOAD_FORMAT -> payloadFormatUtf8 = flag(value, payloadFormatUtf8);
            case MessageHeaders.EXPIRY -> expiryEpochMillis = expiry(value, expiryEpochMillis);
            case MessageHeaders.CORRELATION_DATA -> {
                correlationData = value.length <= WIRE_BYTES_MAX ? Payload.wrap(value) : correlationData;
            }
            case MessageHeaders.CLIENT_ID -> {
                String text = text(value);
                publisher = text == null ? publisher : new ClientId(text);
            }
            case MessageHeaders.CONTENT_TYPE -> {
                String text = text(value);
                contentType = text == null ? contentType : text;
            }
            case MessageHeaders.KAFKA_CONTENT_TYPE -> {
                String text = text(value);
                kafkaContentType = text == null ? kafkaContentType : text;
            }
            case MessageHeaders.RESPONSE_TOPIC -> {
                String text = text(value);
                // [MQTT-3.3.2-14]
                responseTopic = text == null || TopicName.problem(text) != null ? responseTopic : text;
            }
            default -> acceptUserProperty(name, value);
        }
    }

    private void acceptUserProperty(String name, byte[] value) {
        boolean prefixed = name.startsWith(MessageHeaders.USER_PREFIX);
        if (!prefixed && !MessageHeaders.isTraceContext(name)) {
            return;
        }
        String propertyName = prefixed ? name.substring(MessageHeaders.USER_PREFIX.length()) : name;
        String propertyValue = text(value);
        if (propertyValue == null || !isWireText(propertyName)) {
            return;
        }
        if (userProperties == null) {
            userProperties = new ArrayList<>();
        }
        userProperties.add(new UserProperty(propertyName, propertyValue));
    }

    /** A string as MQTT takes it [MQTT-1.5.4-1, -2], or null. */
    private static @Nullable String text(byte[] value) {
        if (value.length > WIRE_BYTES_MAX) {
            return null;
        }
        String text = StrictUtf8.decode(value);
        return text == null || text.indexOf('\0') >= 0 ? null : text;
    }

    /** Kafka's client has decoded names already, and replaced what was malformed: only size and U+0000 are left. */
    private static boolean isWireText(String name) {
        return name.indexOf('\0') < 0
                && (name.length() <= WIRE_BYTES_MAX / 3 || StrictUtf8.length(name) <= WIRE_BYTES_MAX);
    }

    private static @Nullable Qos qos(byte[] value, @Nullable Qos otherwise) {
        return value.length == 1 && value[0] >= '0' && value[0] <= '2' ? Qos.of(value[0] - '0') : otherwise;
    }

    private static boolean flag(byte[] value, boolean otherwise) {
        if (value.length == 0 || value.length > "false".length()) {
            return otherwise;
        }
        return switch (String.valueOf(StrictUtf8.decode(value))) {
            case "1", "true" -> true;
            case "0", "false" -> false;
            default -> otherwise;
        };
    }

    private static long expiry(byte[] value, long otherwise) {
        if (value.length == 0 || value.length > EXPIRY_DIGITS_MAX) {
            return otherwise;
        }
        long millis = 0;
        for (byte digit : value) {
            if (digit < '0' || digit > '9') {
                return otherwise;
            }
            millis = millis * 10 + (digit - '0');
        }
        // 19 digits can overflow once, to a negative number.
        return millis < 0 ? otherwise : millis;
    }
}
