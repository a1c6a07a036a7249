package io.sluice.kafka.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.kafka.mapping.IngressMapping.Mapped;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.port.Refusal;
import io.sluice.schemas.convert.ConvertLimits;
import io.sluice.schemas.convert.JsonDocument;
import io.sluice.schemas.convert.MisfitException;
import io.sluice.schemas.sparkplug.KnownMetrics;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes values of payloads as one rule asks for. Safe for all threads; never waits. */
public final class IngressFormat {

    private final FormatSettings settings;
    private final SchemaSource schemas;
    private final OwnRecords own;
    private final boolean isSubscribed;
    private final JsonDocument documents;
    private final Map<String, FilledField> fields;
    private final Compatible compatible = new Compatible();

    /** @throws IllegalArgumentException when a template of a field cannot be used */
    IngressFormat(RuleFormats.Rule rule, SchemaSource schemas, OwnRecords own, ConvertLimits limits) {
        settings = rule.settings();
        isSubscribed = rule.isSubscribed();
        this.schemas = schemas;
        this.own = own;
        documents = new JsonDocument(limits);
        fields = FilledField.parse(rule.filter(), settings.fields());
    }

    /** What the rule says. */
    public FormatSettings settings() {
        return settings;
    }

    /**
     * A message is received, and will be formatted when its turn has come. To be called once for each, in their order.
     *
     * @return what is known of its metrics now, of Sparkplug; NONE for all other formats
     */
    public KnownMetrics onReceived(Message message) {
        return settings.type() == FormatSettings.Type.SPARKPLUG
                ? own.sparkplug().onReceived(message)
                : KnownMetrics.NONE;
    }

    /**
     * The record's value for a message that is formatted as it is received.
     *
     * @param receivedMillis when it was received, in ms since 1970
     */
    public Formatted format(Message message, Mapped mapped, long receivedMillis) {
        return format(message, mapped, receivedMillis, onReceived(message));
    }

    /**
     * The record's value for a message.
     *
     * @param receivedMillis when it was received, in ms since 1970
     * @param known what was known of its metrics then
     */
    public Formatted format(Message message, Mapped mapped, long receivedMillis, KnownMetrics known) {
        FormatSettings.Type type = typeOf(message);
        if (message.retain() && message.payload().isEmpty() && isOfDocuments(type)) {
            return Formatted.Cleared.CLEARED;
        }
        return type == FormatSettings.Type.SPARKPLUG
                ? own.sparkplug().toRecord(settings.subjectOf(mapped.kafkaTopic()), message, known, isSubscribed)
                : format(type, message, mapped, receivedMillis);
    }

    /** What a record of the format is, as JSON, for people; or null for one that has a schema of the rule's own. */
    public @Nullable String shown(Formatted.Value formatted) throws MisfitException {
        return settings.type() == FormatSettings.Type.SPARKPLUG
                ? own.sparkplug().json(formatted.value())
                : null;
    }

    /** Whether nothing at all is no payload of the format. */
    private static boolean isOfDocuments(FormatSettings.Type type) {
        return switch (type) {
            case AVRO, JSON_TO_AVRO, JSON, SPARKPLUG -> true;
            case RAW, BY_CONTENT_TYPE, ENVELOPE, CLOUDEVENTS -> false;
        };
    }

    private FormatSettings.Type typeOf(Message message) {
        return settings.type() == FormatSettings.Type.BY_CONTENT_TYPE
                ? byContentType(message.properties().contentType())
                : settings.type();
    }

    static FormatSettings.Type byContentType(@Nullable String contentType) {
        if (contentType == null) {
            return FormatSettings.Type.RAW;
        }
        int parameters = contentType.indexOf(';');
        String type = (parameters < 0 ? contentType : contentType.substring(0, parameters))
                .strip()
                .toLowerCase(Locale.ROOT);
        return switch (type) {
            case "application/json" -> FormatSettings.Type.JSON_TO_AVRO;
            case "application/vnd.apache.avro+binary", "avro/binary" -> FormatSettings.Type.AVRO;
            case CloudEvents.CONTENT_TYPE -> FormatSettings.Type.CLOUDEVENTS;
            default -> FormatSettings.Type.RAW;
        };
    }

    private Formatted format(FormatSettings.Type type, Message message, Mapped mapped, long receivedMillis) {
        byte[] payload = message.payload().bytes();
        return switch (type) {
            case RAW, BY_CONTENT_TYPE, SPARKPLUG -> new Formatted.Value(payload, List.of());
            case ENVELOPE -> own.envelopes().wrap(settings.subjectOf(mapped.kafkaTopic()), message, receivedMillis);
            case CLOUDEVENTS -> CloudEvents.toKafka(message, documents);
            case AVRO -> settings.framed() ? framed(payload, mapped) : bare(payload, mapped);
            case JSON_TO_AVRO -> withSchema(mapped, schema -> fromJson(schema, message, receivedMillis));
            case JSON ->
                withSchema(mapped, schema -> {
                    if (!schema.isJsonSchema()) {
                        throw new WrongKind(schema.name() + " is an Avro schema (expected: a JSON Schema)");
                    }
                    schema.checkJson(payload);
                    return payload;
                });
        };
    }

    private byte[] fromJson(KnownSchema schema, Message message, long receivedMillis) throws MisfitException {
        byte[] payload = message.payload().bytes();
        if (fields.isEmpty()) {
            return avro(schema).fromJson(payload, settings.rejectsUnknown());
        }
        JsonNode document = documents.read(payload);
        if (document instanceof ObjectNode object) {
            // What Sluice knows for certain goes over what a device says of itself.
            fields.forEach((name, field) -> object.set(name, field.value(message, receivedMillis)));
        }
        return avro(schema).fromJson(document, payload.length, settings.rejectsUnknown());
    }

    private Formatted bare(byte[] payload, Mapped mapped) {
        return withSchema(mapped, schema -> avro(schema).fromAvro(payload));
    }

    /** Magic byte and id, and behind them what the schema of that id says; which the subject's newest must read. */
    private Formatted framed(byte[] payload, Mapped mapped) {
        int id = KnownSchema.idOf(payload);
        if (id == KnownSchema.NO_ID) {
            return new Formatted.Misfit(
                    Refusal.PAYLOAD_FORMAT, "$", "$: expected magic byte 0 and a schema's id", KnownSchema.NO_ID);
        }
        return withSchema(mapped, subject -> {
            if (subject.id() == id) {
                avro(subject).checkAvro(payload, KnownSchema.ID_PREFIX_BYTES);
                return payload;
            }
            KnownSchema written = found(schemas.byId(id));
            if (!compatible.reads(avro(subject), avro(written))) {
                throw new WrongKind("schema id " + id + " (expected: one that " + subject.name() + " can read)");
            }
            written.checkAvro(payload, KnownSchema.ID_PREFIX_BYTES);
            return payload;
        });
    }

    private static KnownSchema avro(KnownSchema schema) {
        if (schema.isJsonSchema()) {
            throw new WrongKind(schema.name() + " is a JSON Schema (expected: an Avro schema)");
        }
        return schema;
    }

    /** Makes a value with a schema. */
    private interface Conversion {
        byte[] value(KnownSchema schema) throws MisfitException;
    }

    private Formatted withSchema(Mapped mapped, Conversion conversion) {
        int schemaId = KnownSchema.NO_ID;
        try {
            KnownSchema schema = found(schemas.bySubject(settings.subjectOf(mapped.kafkaTopic()), settings.version()));
            schemaId = schema.id();
            return new Formatted.Value(conversion.value(schema), List.of());
        } catch (NotYet notYet) {
            return new Formatted.Held(notYet.pending().until());
        } catch (WrongKind wrong) {
            return new Formatted.Misfit(Refusal.SCHEMA, "$", String.valueOf(wrong.getMessage()), schemaId);
        } catch (MisfitException misfit) {
            return misfit(misfit, schemaId);
        }
    }

    static Formatted.Misfit misfit(MisfitException misfit, int schemaId) {
        return new Formatted.Misfit(
                misfit.isMalformed() ? Refusal.PAYLOAD_FORMAT : Refusal.SCHEMA,
                misfit.path(),
                String.valueOf(misfit.getMessage()),
                schemaId);
    }

    private static KnownSchema found(Lookup lookup) {
        if (lookup instanceof Lookup.Pending pending) {
            throw new NotYet(pending);
        }
        if (lookup instanceof Lookup.Missing missing) {
            throw new WrongKind(missing.detail());
        }
        return ((Lookup.Found) lookup).schema();
    }

    /** The schema is not known yet. Carries no stack trace. */
    private static final class NotYet extends RuntimeException {
        private final transient Lookup.Pending pending;

        NotYet(Lookup.Pending pending) {
            super("not known yet", null, false, false);
            this.pending = pending;
        }

        Lookup.Pending pending() {
            return pending;
        }
    }

    /** There is no such schema, or it is another than was wanted. Carries no stack trace. */
    private static final class WrongKind extends RuntimeException {
        WrongKind(String message) {
            super(message, null, false, false);
        }
    }
}
