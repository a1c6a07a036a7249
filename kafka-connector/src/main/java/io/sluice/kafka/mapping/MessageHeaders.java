package io.sluice.kafka.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.kafka.mapping.IngressRule.HeaderMode;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.UserProperty;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** The record contract: the {@code mqtt.*} headers (docs/reference/record.md). */
public final class MessageHeaders {

    /** What begins the name of every header of the contract; rules must not set such headers. */
    static final String PREFIX = "mqtt.";

    static final String TOPIC = "mqtt.topic";
    static final String QOS = "mqtt.qos";
    static final String RETAIN = "mqtt.retain";
    static final String CLIENT_ID = "mqtt.client-id";
    static final String CONTENT_TYPE = "mqtt.content-type";
    static final String RESPONSE_TOPIC = "mqtt.response-topic";
    static final String CORRELATION_DATA = "mqtt.correlation-data";
    static final String PAYLOAD_FORMAT = "mqtt.payload-format";
    static final String EXPIRY = "mqtt.expiry";
    static final String USER_PREFIX = "mqtt.user.";
    /** What Kafka programs and CloudEvents look for. */
    static final String KAFKA_CONTENT_TYPE = "content-type";
    /** W3C Trace Context: as user properties in MQTT and as headers in Kafka of the same name. */
    private static final String TRACE_PARENT = "traceparent";

    private static final String TRACE_STATE = "tracestate";

    private static final Map<Qos, Header> QOS_HEADERS = Map.of(
            Qos.AT_MOST_ONCE, header(QOS, "0"),
            Qos.AT_LEAST_ONCE, header(QOS, "1"),
            Qos.EXACTLY_ONCE, header(QOS, "2"));
    private static final Header RETAINED = header(RETAIN, "true");
    private static final Header NOT_RETAINED = header(RETAIN, "false");
    private static final Header PAYLOAD_IS_UTF8 = header(PAYLOAD_FORMAT, "1");

    private MessageHeaders() {}

    /** The headers of the record for this message. */
    public static Headers of(Message message, IngressMapping.Mapped mapping) {
        Headers headers = new RecordHeaders();
        addPrepared(headers, message, mapping);
        boolean all = mapping.rule().headerMode() == HeaderMode.ALL;
        if (all) {
            addPublish(headers, message);
        }
        for (UserProperty property : message.properties().userProperties()) {
            if (isTraceContext(property.name())) {
                headers.add(header(property.name(), property.value()));
            } else if (all) {
                headers.add(header(USER_PREFIX + property.name(), property.value()));
            }
        }
        return headers;
    }

    /** Whether a record of the rule says its MQTT topic in a header. A default key says it already. */
    static boolean isTopicWritten(IngressRule rule) {
        return switch (rule.headerMode()) {
            case ALL -> true;
            case MINIMAL -> rule.key() != null;
            case NONE -> false;
        };
    }

    /** Whether a header of this name is a user property of the same name: tracing works across the bridge. */
    static boolean isTraceContext(String name) {
        return name.equals(TRACE_PARENT) || name.equals(TRACE_STATE);
    }

    /** Whether the contract gives a header of this name a meaning, so that a rule can't. */
    static boolean isReserved(String name) {
        return name.startsWith(PREFIX) || name.equals(KAFKA_CONTENT_TYPE) || isTraceContext(name);
    }

    private static void addPrepared(Headers headers, Message message, IngressMapping.Mapped mapping) {
        List<Header> prepared = mapping.prepared();
        if (prepared != null) {
            for (int i = 0; i < prepared.size(); i++) {
                headers.add(prepared.get(i));
            }
        } else if (isTopicWritten(mapping.rule())) {
            headers.add(header(TOPIC, message.topicName().value()));
        }
    }

    private static void addPublish(Headers headers, Message message) {
        headers.add(QOS_HEADERS.get(message.qos()));
        headers.add(message.retain() ? RETAINED : NOT_RETAINED);
        ClientId publisher = message.publisher();
        if (publisher != null) {
            headers.add(header(CLIENT_ID, publisher.value()));
        }
        MessageProperties properties = message.properties();
        String contentType = properties.contentType();
        if (contentType != null) {
            byte[] bytes = contentType.getBytes(UTF_8);
            headers.add(new RecordHeader(CONTENT_TYPE, bytes));
            headers.add(new RecordHeader(KAFKA_CONTENT_TYPE, bytes));
        }
        String responseTopic = properties.responseTopic();
        if (responseTopic != null) {
            headers.add(header(RESPONSE_TOPIC, responseTopic));
        }
        Payload correlationData = properties.correlationData();
        if (correlationData != null) {
            headers.add(new RecordHeader(CORRELATION_DATA, correlationData.bytes()));
        }
        if (properties.payloadFormatUtf8()) {
            headers.add(PAYLOAD_IS_UTF8);
        }
        if (properties.expiryEpochMillis() != MessageProperties.NEVER) {
            headers.add(header(EXPIRY, Long.toString(properties.expiryEpochMillis())));
        }
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(UTF_8));
    }
}
