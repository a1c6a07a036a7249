package io.sluice.kafka.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.port.Refusal;
import io.sluice.schemas.convert.ConvertLimits;
import io.sluice.schemas.convert.MisfitException;
import io.sluice.schemas.sparkplug.KnownMetrics;
import io.sluice.schemas.sparkplug.SparkplugCodec;
import io.sluice.schemas.sparkplug.SparkplugMessage;
import io.sluice.schemas.sparkplug.SparkplugTopic;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;

/** Sparkplug's messages as Avro records, and the payloads back. Safe for all threads. */
final class SparkplugRecords {

    private static final String NAME = "SparkplugMessage";
    private static final String NAMESPACE = "io.sluice.sparkplug";
    private static final String PAYLOAD = "payload";

    /** What is read of a record on its way back. */
    private static final Schema PAYLOAD_ALONE = SchemaBuilder.record(NAME)
            .namespace(NAMESPACE)
            .fields()
            .name(PAYLOAD)
            .type()
            .unionOf()
            .nullType()
            .and()
            .bytesType()
            .endUnion()
            .nullDefault()
            .endRecord();

    private final SchemaSource schemas;
    private final SparkplugBirths births;
    private final KnownSchema own;
    private final KnownSchema payloadAlone;
    private final SparkplugCodec codec;
    private final Compatible compatible = new Compatible();

    SparkplugRecords(SchemaSource schemas, SparkplugBirths births, ConvertLimits limits) {
        this.schemas = schemas;
        this.births = births;
        codec = new SparkplugCodec(limits);
        own = schema(limits);
        payloadAlone = KnownSchema.avro(PAYLOAD, KnownSchema.NO_ID, PAYLOAD_ALONE.toString(), limits);
    }

    /** The schema of Sparkplug's messages. */
    static KnownSchema schema(ConvertLimits limits) {
        try (InputStream in = Objects.requireNonNull(
                SparkplugCodec.class.getResourceAsStream("/io/sluice/schemas/sparkplug.avsc"), "sparkplug.avsc")) {
            return KnownSchema.avro(
                    NAMESPACE + "." + NAME, KnownSchema.NO_ID, new String(in.readAllBytes(), UTF_8), limits);
        } catch (IOException e) {
            throw new UncheckedIOException("sparkplug.avsc", e);
        }
    }

    /**
     * A message is received: births are remembered, deaths end them. To be called once for each, in their order.
     *
     * @return what is known of its metrics at this time; what comes later says nothing of them
     */
    KnownMetrics onReceived(Message message) {
        SparkplugTopic topic;
        try {
            topic = SparkplugTopic.parse(message.topicName().value());
        } catch (MisfitException otherTopic) {
            return KnownMetrics.NONE;
        }
        if (!topic.type().isOfLife()) {
            return births.known(topic);
        }
        try {
            return births.on(codec.read(topic, message.payload().bytes()));
        } catch (MisfitException unreadable) {
            births.onUnreadable(topic);
            return KnownMetrics.NONE;
        }
    }

    /**
     * The record's value.
     *
     * @param known what was known of its metrics when it was received
     * @param keepsPayload whether the record holds the payload, for subscribers
     */
    Formatted toRecord(String subject, Message message, KnownMetrics known, boolean keepsPayload) {
        Lookup lookup = schemas.registered(subject, own);
        if (lookup instanceof Lookup.Pending pending) {
            return new Formatted.Held(pending.until());
        }
        if (lookup instanceof Lookup.Missing missing) {
            return new Formatted.Misfit(
                    Refusal.SCHEMA,
                    "$",
                    missing.detail() + " for " + own.name()
                            + " (expected: registered, or schema-registry.auto-register)",
                    KnownSchema.NO_ID);
        }
        KnownSchema schema = ((Lookup.Found) lookup).schema();
        try {
            SparkplugTopic topic = SparkplugTopic.parse(message.topicName().value());
            SparkplugMessage read = codec.read(topic, message.payload().bytes());
            SparkplugCodec.Encoded encoded = codec.write(read, known, keepsPayload, schema.prefix());
            births.onUnresolved(encoded.unresolved());
            return new Formatted.Value(encoded.value(), List.of());
        } catch (MisfitException misfit) {
            return IngressFormat.misfit(misfit, schema.id());
        }
    }

    /** The schema with this fingerprint: ours, which is in no folder, or what another place says. */
    Lookup known(long fingerprint, Lookup other) {
        return fingerprint == own.fingerprint() ? new Lookup.Found(own) : other;
    }

    /** A record of ours as JSON, for people. */
    String json(byte[] value) throws MisfitException {
        int from =
                KnownSchema.isFingerprinted(value) ? KnownSchema.FINGERPRINT_PREFIX_BYTES : KnownSchema.ID_PREFIX_BYTES;
        return new String(own.toJson(value, from), UTF_8);
    }

    /**
     * The payload as it was published.
     *
     * @param written the schema that the value was written with
     * @param from where in the value the record begins
     * @throws MisfitException when the value is none of that schema
     * @throws IllegalArgumentException when the record holds no payload
     */
    Payload payload(KnownSchema written, byte[] value, int from) throws MisfitException {
        if (!compatible.reads(payloadAlone, written)) {
            throw new IllegalArgumentException(written.name() + " (expected: " + own.name() + ")");
        }
        // Avro's own decoder believes lengths, so that ours looks first.
        written.checkAvro(value, from);
        Object payload;
        try {
            payload = new GenericDatumReader<GenericRecord>(written.schema(), PAYLOAD_ALONE)
                    .read(null, DecoderFactory.get().binaryDecoder(value, from, value.length - from, null))
                    .get(PAYLOAD);
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException(own.name() + ": " + e, e);
        }
        if (payload == null) {
            throw new IllegalArgumentException(own.name() + " without its payload (expected: one with it)");
        }
        ByteBuffer buffer = (ByteBuffer) payload;
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return Payload.wrap(bytes);
    }
}
