package io.sluice.kafka.state;

import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.message.UserProperty;
import io.sluice.schemas.StateCodec;
import io.sluice.schemas.StateSchemas;
import io.sluice.schemas.state.RetainedMessage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Messages as the retained topic holds them, without their topic names. Safe for all threads. */
final class RetainedCodec {

    private final StateCodec<RetainedMessage> codec = StateSchemas.retainedMessage();

    /** Without its data record's partition. */
    byte[] encode(Message message, long dataOffset) {
        return encode(message, null, dataOffset);
    }

    byte[] encode(Message message, @Nullable String place, long dataOffset) {
        MessageProperties properties = message.properties();
        Payload correlationData = properties.correlationData();
        ClientId publisher = message.publisher();
        boolean isForEver = properties.expiryEpochMillis() == MessageProperties.NEVER;
        return codec.encode(RetainedMessage.newBuilder()
                .setOffset(dataOffset)
                .setPartition(place)
                .setQos(message.qos().level())
                .setPayload(ByteBuffer.wrap(message.payload().bytes()))
                .setClientId(publisher == null ? null : publisher.value())
                .setPayloadFormatUtf8(properties.payloadFormatUtf8())
                .setExpiryEpochMillis(isForEver ? null : properties.expiryEpochMillis())
                .setContentType(properties.contentType())
                .setResponseTopic(properties.responseTopic())
                .setCorrelationData(correlationData == null ? null : ByteBuffer.wrap(correlationData.bytes()))
                .setUserProperties(userProperties(properties))
                .build());
    }

    private static List<io.sluice.schemas.state.UserProperty> userProperties(MessageProperties properties) {
        return properties.userProperties().stream()
                .map(one -> new io.sluice.schemas.state.UserProperty(one.name(), one.value()))
                .toList();
    }

    /**
     * The data record that a message is a copy of.
     *
     * @param place its partition, or null where nobody has noted it
     * @param offset its offset
     */
    record Origin(@Nullable String place, long offset) {}

    /**
     * The data record that the bytes are a copy of.
     *
     * @throws IOException when the bytes are no such record
     */
    Origin check(TopicName topicName, byte[] value) throws IOException {
        RetainedMessage stored = codec.decode(value);
        var unused = message(topicName, true, stored);
        return new Origin(stored.getPartition(), stored.getOffset());
    }

    /**
     * The message.
     *
     * @throws IOException when the bytes are no such record
     */
    Message decode(TopicName topicName, boolean retain, byte[] value) throws IOException {
        return message(topicName, retain, codec.decode(value));
    }

    private static Message message(TopicName topicName, boolean retain, RetainedMessage stored) throws IOException {
        Long expiryEpochMillis = stored.getExpiryEpochMillis();
        ByteBuffer correlationData = stored.getCorrelationData();
        String publisher = stored.getClientId();
        if (stored.getQos() < 0 || stored.getQos() > 2) {
            throw new IOException("qos: " + stored.getQos() + " (expected: 0, 1 or 2)");
        }
        return new Message(
                topicName,
                Qos.of(stored.getQos()),
                retain,
                payload(stored.getPayload()),
                new MessageProperties(
                        stored.getPayloadFormatUtf8(),
                        expiryEpochMillis == null ? MessageProperties.NEVER : expiryEpochMillis,
                        stored.getContentType(),
                        stored.getResponseTopic(),
                        correlationData == null ? null : payload(correlationData),
                        stored.getUserProperties().stream()
                                .map(one -> new UserProperty(one.getName(), one.getValue()))
                                .toList()),
                publisher == null ? null : new ClientId(publisher));
    }

    private static Payload payload(@Nullable ByteBuffer buffer) {
        if (buffer == null) {
            return Payload.EMPTY;
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return Payload.wrap(bytes);
    }
}
