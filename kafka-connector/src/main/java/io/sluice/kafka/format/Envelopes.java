package io.sluice.kafka.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.message.UserProperty;
import io.sluice.mqtt.port.Refusal;
import io.sluice.schemas.convert.ConvertLimits;
import io.sluice.schemas.convert.JsonDocument;
import io.sluice.schemas.convert.MisfitException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;

/** Messages as Avro records that hold everything of them, and back. Safe for all threads. */
final class Envelopes {

    private final SchemaSource schemas;
    private final KnownSchema own;
    private final Schema schema;
    private final Compatible compatible = new Compatible();

    Envelopes(SchemaSource schemas, ConvertLimits limits) {
        this.schemas = schemas;
        own = schema(limits);
        schema = Objects.requireNonNull(own.schema());
    }

    /** The schema of envelopes. */
    static KnownSchema schema(ConvertLimits limits) {
        try (InputStream in = Objects.requireNonNull(
                JsonDocument.class.getResourceAsStream("/io/sluice/schemas/envelope.avsc"), "envelope.avsc")) {
            return KnownSchema.avro(
                    "io.sluice.Envelope", KnownSchema.NO_ID, new String(in.readAllBytes(), UTF_8), limits);
        } catch (IOException e) {
            throw new UncheckedIOException("envelope.avsc", e);
        }
    }

    Formatted wrap(String subject, Message message, long receivedMillis) {
        Lookup lookup = schemas.registered(subject, own);
        if (lookup instanceof Lookup.Pending pending) {
            return new Formatted.Held(pending.until());
        }
        if (lookup instanceof Lookup.Missing missing) {
            return new Formatted.Misfit(
                    Refusal.SCHEMA,
                    "$",
                    missing.detail() + " for the envelope (expected: registered, or schema-registry.auto-register)",
                    KnownSchema.NO_ID);
        }
        return new Formatted.Value(
                encode(((Lookup.Found) lookup).schema().prefix(), record(message, receivedMillis)), List.of());
    }

    /** The schema with this fingerprint: ours, which is in no folder, or one of the source. */
    Lookup known(long fingerprint, SchemaSource source) {
        return fingerprint == own.fingerprint() ? new Lookup.Found(own) : source.byFingerprint(fingerprint);
    }

    private byte[] encode(byte[] prefix, GenericRecord record) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(prefix);
        try {
            BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
            new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
        } catch (IOException e) {
            throw new UncheckedIOException("envelope", e);
        }
        return bytes.toByteArray();
    }

    private GenericRecord record(Message message, long receivedMillis) {
        MessageProperties from = message.properties();
        Schema propertiesSchema = schema.getField("properties").schema();
        Schema userSchema = propertiesSchema.getField("user").schema().getElementType();
        List<GenericRecord> user = new ArrayList<>();
        for (UserProperty property : from.userProperties()) {
            GenericRecord pair = new GenericData.Record(userSchema);
            pair.put("name", property.name());
            pair.put("value", property.value());
            user.add(pair);
        }
        GenericRecord properties = new GenericData.Record(propertiesSchema);
        properties.put("payloadFormatUtf8", from.payloadFormatUtf8());
        properties.put("expiry", from.expiryEpochMillis() == MessageProperties.NEVER ? null : from.expiryEpochMillis());
        properties.put("contentType", from.contentType());
        properties.put("responseTopic", from.responseTopic());
        Payload correlation = from.correlationData();
        properties.put("correlationData", correlation == null ? null : ByteBuffer.wrap(correlation.bytes()));
        properties.put("user", user);
        GenericRecord record = new GenericData.Record(schema);
        ClientId publisher = message.publisher();
        record.put("topic", message.topicName().value());
        record.put("clientId", publisher == null ? null : publisher.value());
        record.put("qos", message.qos().level());
        record.put("retain", message.retain());
        record.put("timestamp", receivedMillis);
        record.put("properties", properties);
        record.put("payload", ByteBuffer.wrap(message.payload().bytes()));
        return record;
    }

    /**
     * The message in an envelope: payload and properties of it; where it goes is what the rule says.
     *
     * @param written the schema that it was written with
     * @param from where in the value the record begins
     * @throws MisfitException when the value is none of that schema
     * @throws IllegalArgumentException when the schema is no envelope's
     */
    Message unwrap(Message message, KnownSchema written, byte[] value, int from) throws MisfitException {
        if (!compatible.reads(own, written)) {
            throw new IllegalArgumentException(written.name() + " (expected: one that io.sluice.Envelope can read)");
        }
        // Avro's own decoder believes lengths, so that ours looks first.
        written.checkAvro(value, from);
        try {
            GenericRecord record = new GenericDatumReader<GenericRecord>(written.schema(), schema)
                    .read(null, DecoderFactory.get().binaryDecoder(value, from, value.length - from, null));
            return new Message(
                    message.topicName(),
                    message.qos(),
                    message.retain(),
                    Payload.wrap(bytes(record.get("payload"))),
                    properties((GenericRecord) record.get("properties"), message.properties()),
                    message.publisher());
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException("envelope: " + e, e);
        }
    }

    private static MessageProperties properties(GenericRecord from, MessageProperties said) {
        List<UserProperty> user = new ArrayList<>();
        for (Object pair : (List<?>) from.get("user")) {
            GenericRecord property = (GenericRecord) pair;
            user.add(new UserProperty(String.valueOf(property.get("name")), String.valueOf(property.get("value"))));
        }
        Object expiry = from.get("expiry");
        Object correlation = from.get("correlationData");
        String responseTopic = text(from.get("responseTopic"));
        return new MessageProperties(
                Boolean.TRUE.equals(from.get("payloadFormatUtf8")),
                expiry == null ? said.expiryEpochMillis() : (Long) expiry,
                text(from.get("contentType")),
                // [MQTT-3.3.2-14]
                responseTopic == null || TopicName.problem(responseTopic) != null ? null : responseTopic,
                correlation == null ? null : Payload.wrap(bytes(correlation)),
                user);
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private static byte[] bytes(@Nullable Object value) {
        ByteBuffer buffer = (ByteBuffer) Objects.requireNonNull(value);
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
