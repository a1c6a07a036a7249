package io.sluice.mqtt.message;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The MQTT 5 properties that travel with an application message from end to end (MQTT 5, section 3.3.2.3). Immutable.
 *
 * @param payloadFormatUtf8 Payload Format Indicator: whether the payload is said to be UTF-8 text
 * @param expiryEpochMillis when the message expires, in ms since 1970, or {@link #NEVER}
 * @param contentType MIME type of the payload, or null
 * @param responseTopic where an answer is expected, or null
 * @param correlationData what the answer must carry, or null
 * @param userProperties in the order in which they were sent
 */
public record MessageProperties(
        boolean payloadFormatUtf8,
        long expiryEpochMillis,
        @Nullable String contentType,
        @Nullable String responseTopic,
        @Nullable Payload correlationData,
        List<UserProperty> userProperties) {

    /** The message does not expire. */
    public static final long NEVER = Long.MAX_VALUE;

    public static final MessageProperties NONE = new MessageProperties(false, NEVER, null, null, null, List.of());

    public MessageProperties {
        userProperties = List.copyOf(userProperties);
    }

    public boolean isExpired(long nowEpochMillis) {
        return nowEpochMillis >= expiryEpochMillis;
    }
}
