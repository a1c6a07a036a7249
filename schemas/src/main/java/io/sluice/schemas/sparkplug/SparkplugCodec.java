package io.sluice.schemas.sparkplug;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.sluice.schemas.convert.AvroBuffer;
import io.sluice.schemas.convert.ConvertLimits;
import io.sluice.schemas.convert.JsonDocument;
import io.sluice.schemas.convert.MisfitException;
import io.sluice.schemas.convert.Shown;
import io.sluice.schemas.sparkplug.SparkplugMessage.HostState;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload;
import java.io.IOException;

/**
 * Sparkplug B, as anyone may have written it, to Avro records {@code io.sluice.sparkplug.SparkplugMessage}. Safe for all
 * threads.
 */
public final class SparkplugCodec {

    private final ConvertLimits limits;
    private final JsonDocument documents;

    public SparkplugCodec(ConvertLimits limits) {
        this.limits = limits;
        documents = new JsonDocument(limits);
    }

    /**
     * A message.
     *
     * @param value Avro, behind what stands in front of it
     * @param unresolved metrics without a name, or with a value of which nobody has said the data type
     */
    public record Encoded(byte[] value, int unresolved) {}

    /**
     * Reads a payload.
     *
     * @throws MisfitException when it is none of Sparkplug, or beyond the limits
     */
    public SparkplugMessage read(SparkplugTopic topic, byte[] payload) throws MisfitException {
        if (payload.length > limits.bytesMax()) {
            throw MisfitException.malformed("$", payload.length + " bytes", "at most " + limits.bytesMax());
        }
        if (topic.type() == SparkplugTopic.Type.STATE) {
            return new SparkplugMessage(topic, payload, Payload.getDefaultInstance(), state(payload));
        }
        CodedInputStream in = CodedInputStream.newInstance(payload);
        in.setRecursionLimit(limits.depthMax());
        try {
            Payload read = Payload.parseFrom(in);
            // What ends with the end of a group is no whole payload.
            in.checkLastTagWas(0);
            return new SparkplugMessage(topic, payload, read, null);
        } catch (InvalidProtocolBufferException notSparkplug) {
            throw MisfitException.malformed(
                    "$", Shown.shortened(words(notSparkplug), Shown.WORDS_MAX), "a payload of Sparkplug B");
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The first sentence: the others guess at reasons. */
    private static String words(InvalidProtocolBufferException failure) {
        String words = String.valueOf(failure.getMessage());
        int end = words.indexOf('.');
        return end < 0 ? words : words.substring(0, end);
    }

    private HostState state(byte[] payload) throws MisfitException {
        JsonNode document = documents.read(payload);
        JsonNode online = document.path("online");
        if (!online.isBoolean()) {
            throw MisfitException.malformed(
                    "$.online", online.isMissingNode() ? "nothing" : "something else", "true or false");
        }
        JsonNode timestamp = document.path("timestamp");
        if (timestamp.isMissingNode() || timestamp.isNull()) {
            return new HostState(online.booleanValue(), null);
        }
        if (!timestamp.isIntegralNumber() || !timestamp.canConvertToLong()) {
            throw MisfitException.malformed("$.timestamp", "something else", "milliseconds since 1970");
        }
        return new HostState(online.booleanValue(), timestamp.longValue());
    }

    /**
     * Converts a message.
     *
     * @param known what the birth of its source has said; of a birth what it says itself
     * @param keepsPayload whether the record holds the payload, too
     * @param prefix what stands in front of the record
     * @throws MisfitException when a value is not of its data type, or beyond the limits
     */
    public Encoded write(SparkplugMessage message, KnownMetrics known, boolean keepsPayload, byte[] prefix)
            throws MisfitException {
        byte[] bytes = message.bytes();
        AvroBuffer out = new AvroBuffer(64 + bytes.length * 2, 0, limits.bytesMax());
        try {
            out.writeRaw(prefix);
            SparkplugEncoder encoder = new SparkplugEncoder(out);
            encoder.write(message, known, keepsPayload);
            return new Encoded(out.toByteArray(), encoder.unresolved());
        } catch (AvroBuffer.Full full) {
            throw MisfitException.misfit("$", "too much", "at most " + limits.bytesMax() + " bytes of Avro");
        }
    }
}
