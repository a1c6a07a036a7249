package io.sluice.kafka.format;

import io.sluice.schemas.convert.ConvertLimits;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;

/**
 * Whether the schemas that rules ask for are there, and are what the rules take them for. Changes nothing. Blocks: for
 * commands.
 */
public final class SubjectCheck {

    /**
     * What was found.
     *
     * @param isWell whether the rule can do its work with it
     * @param words for people
     */
    public record Finding(boolean isWell, String words) {}

    private final SchemaSource schemas;
    private final ConvertLimits limits;

    public SubjectCheck(SchemaSource schemas, ConvertLimits limits) {
        this.schemas = schemas;
        this.limits = limits;
    }

    /**
     * Asks for a rule's subject.
     *
     * @param kafkaTopic the rule's, a template
     * @return empty for a format without schemas
     * @throws IOException when the source does not answer
     */
    public Optional<Finding> of(FormatSettings settings, String kafkaTopic) throws IOException {
        String subject = settings.subjectOf(kafkaTopic);
        return switch (settings.type()) {
            case RAW, CLOUDEVENTS -> Optional.empty();
            case AVRO, JSON_TO_AVRO, JSON, BY_CONTENT_TYPE, ENVELOPE, SPARKPLUG ->
                Optional.of(
                        subject.contains("{")
                                ? new Finding(true, subject + ": depends on the message, not asked for")
                                : found(settings, subject));
        };
    }

    private Finding found(FormatSettings settings, String subject) throws IOException {
        boolean isSparkplug = settings.type() == FormatSettings.Type.SPARKPLUG;
        if (isSparkplug || settings.type() == FormatSettings.Type.ENVELOPE) {
            KnownSchema own = isSparkplug ? SparkplugRecords.schema(limits) : Envelopes.schema(limits);
            Finding found = schemas.awaitRegistered(subject, own);
            return new Finding(found.isWell(), subject + ": " + found.words());
        }
        boolean isPinned = settings.version() != SchemaSource.LATEST;
        Lookup lookup = schemas.awaitSubject(subject, settings.version());
        if (!(lookup instanceof Lookup.Found found)) {
            return new Finding(false, lookup instanceof Lookup.Missing missing ? missing.detail() : subject);
        }
        KnownSchema schema = found.schema();
        String words = subject + (isPinned ? " version " + settings.version() : "") + ": "
                + (schema.id() == KnownSchema.NO_ID ? "found" : "id " + schema.id());
        String wrong = wrong(settings, schema);
        if (wrong.isEmpty() && isPinned) {
            wrong = behind(subject, schema);
        }
        return wrong.isEmpty() ? new Finding(true, words) : new Finding(false, words + ", " + wrong);
    }

    /** What is not as the rule wants it, or nothing. */
    private static String wrong(FormatSettings settings, KnownSchema schema) {
        boolean isJsonWanted = settings.type() == FormatSettings.Type.JSON;
        if (schema.isJsonSchema() != isJsonWanted) {
            return isJsonWanted
                    ? "an Avro schema (expected: a JSON Schema)"
                    : "a JSON Schema (expected: an Avro schema)";
        }
        Schema avro = schema.schema();
        if (avro == null || settings.fields().isEmpty()) {
            return "";
        }
        if (avro.getType() != Schema.Type.RECORD) {
            return "no record (expected: one with the rule's fields)";
        }
        List<String> missing = settings.fields().keySet().stream()
                .filter(field -> avro.getField(field) == null)
                .sorted()
                .toList();
        return missing.isEmpty() ? "" : "has no field " + String.join(", ", missing) + ", which the rule fills in";
    }

    /** That who reads by the newest version cannot read what the pinned one writes, or nothing. */
    private String behind(String subject, KnownSchema pinned) throws IOException {
        return schemas.awaitSubject(subject, SchemaSource.LATEST) instanceof Lookup.Found newest
                        && pinned.schema() != null
                        && !new Compatible().reads(newest.schema(), pinned)
                ? "which the newest version, id " + newest.schema().id() + ", cannot read"
                : "";
    }
}
