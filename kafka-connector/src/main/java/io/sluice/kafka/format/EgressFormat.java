package io.sluice.kafka.format;

import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.schemas.convert.MisfitException;
import java.util.concurrent.CompletionStage;

/** Makes payloads of values as one rule asks for. Safe for all threads; never waits. */
public final class EgressFormat {

    /** The formats on the way out. */
    public enum Type {
        RAW,
        AVRO_TO_JSON,
        ENVELOPE,
        /** Avro without what stands in front of it. */
        AVRO,
        /** The payload that a record of Sparkplug was made of. */
        SPARKPLUG,
        /** Each as it came in, which its content type says: the reverse of the format of this name. */
        BY_CONTENT_TYPE
    }

    /** What has become of a value. */
    public sealed interface Unpacked {
        /** The message with its payload. */
        record Done(Message message) implements Unpacked {}

        /**
         * It is not what the rule says.
         *
         * @param detail what was found and what was expected
         */
        record Misfit(String detail) implements Unpacked {}

        /**
         * That cannot be said yet.
         *
         * @param until completes when it makes sense to ask again
         */
        record Held(CompletionStage<?> until) implements Unpacked {}
    }

    private final Type type;
    private final SchemaSource schemas;
    private final OwnRecords own;

    EgressFormat(Type type, SchemaSource schemas, OwnRecords own) {
        this.type = type;
        this.schemas = schemas;
        this.own = own;
    }

    /** The message with what its payload, a record's value, stands for. */
    public Unpacked unpack(Message message) {
        if (message.retain() && message.payload().isEmpty()) {
            // It has cleared the retained message of its topic, and was never of a format.
            return new Unpacked.Done(message);
        }
        Type asked = type == Type.BY_CONTENT_TYPE ? typeOf(message) : type;
        return asked == Type.RAW ? new Unpacked.Done(message) : unpack(asked, message);
    }

    private static Type typeOf(Message message) {
        return switch (IngressFormat.byContentType(message.properties().contentType())) {
            case JSON_TO_AVRO -> Type.AVRO_TO_JSON;
            case AVRO -> Type.AVRO;
            default -> Type.RAW;
        };
    }

    private Unpacked unpack(Type asked, Message message) {
        byte[] value = message.payload().bytes();
        Lookup lookup;
        int from;
        if (KnownSchema.isFingerprinted(value)) {
            from = KnownSchema.FINGERPRINT_PREFIX_BYTES;
            lookup = own.known(KnownSchema.fingerprintOf(value), schemas);
        } else if (KnownSchema.idOf(value) != KnownSchema.NO_ID) {
            from = KnownSchema.ID_PREFIX_BYTES;
            lookup = schemas.byId(KnownSchema.idOf(value));
        } else {
            return new Unpacked.Misfit("value: neither magic byte and id nor a fingerprint (expected: Avro)");
        }
        if (lookup instanceof Lookup.Pending pending) {
            return new Unpacked.Held(pending.until());
        }
        if (lookup instanceof Lookup.Missing missing) {
            return new Unpacked.Misfit(missing.detail());
        }
        return unpack(asked, message, ((Lookup.Found) lookup).schema(), value, from);
    }

    private Unpacked unpack(Type asked, Message message, KnownSchema schema, byte[] value, int from) {
        if (schema.isJsonSchema()) {
            return new Unpacked.Misfit(schema.name() + " is a JSON Schema (expected: an Avro schema)");
        }
        try {
            return new Unpacked.Done(
                    switch (asked) {
                        case RAW, BY_CONTENT_TYPE -> message;
                        case AVRO_TO_JSON -> json(message, schema.toJson(value, from));
                        case ENVELOPE -> own.envelopes().unwrap(message, schema, value, from);
                        case AVRO -> bare(message, schema, value, from);
                        case SPARKPLUG ->
                            with(message, own.sparkplug().payload(schema, value, from), message.properties());
                    });
        } catch (MisfitException misfit) {
            return new Unpacked.Misfit(String.valueOf(misfit.getMessage()));
        } catch (IllegalArgumentException wrong) {
            return new Unpacked.Misfit(String.valueOf(wrong.getMessage()));
        }
    }

    private static Message bare(Message message, KnownSchema schema, byte[] value, int from) throws MisfitException {
        schema.checkAvro(value, from);
        byte[] payload = new byte[value.length - from];
        System.arraycopy(value, from, payload, 0, payload.length);
        return with(message, Payload.wrap(payload), message.properties());
    }

    private static Message json(Message message, byte[] json) {
        MessageProperties said = message.properties();
        MessageProperties properties = new MessageProperties(
                true,
                said.expiryEpochMillis(),
                said.contentType() == null ? "application/json" : said.contentType(),
                said.responseTopic(),
                said.correlationData(),
                said.userProperties());
        return with(message, Payload.wrap(json), properties);
    }

    private static Message with(Message message, Payload payload, MessageProperties properties) {
        return new Message(
                message.topicName(), message.qos(), message.retain(), payload, properties, message.publisher());
    }
}
