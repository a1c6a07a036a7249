package io.sluice.kafka.format;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a rule makes of payloads.
 *
 * @param type the format
 * @param subject of the schema, or null for what {@code naming} says
 * @param naming how the subject is called
 * @param record full name of the record, for namings with it, or null
 * @param version of the subject, or {@link SchemaSource#LATEST}
 * @param framed for {@code avro}: whether payloads begin with magic byte and id
 * @param rejectsUnknown whether members that the schema does not name are misfits
 * @param fields what Sluice fills in: field of the document, and what is in it
 * @param onError what happens to what does not fit
 * @param deadLetterTopic where it goes, or null
 */
public record FormatSettings(
        Type type,
        @Nullable String subject,
        Naming naming,
        @Nullable String record,
        int version,
        boolean framed,
        boolean rejectsUnknown,
        Map<String, String> fields,
        OnError onError,
        @Nullable String deadLetterTopic) {

    /** The formats. */
    public enum Type {
        RAW,
        ENVELOPE,
        AVRO,
        JSON_TO_AVRO,
        JSON,
        CLOUDEVENTS,
        SPARKPLUG,
        BY_CONTENT_TYPE
    }

    /** How a subject is called. */
    public enum Naming {
        /** {@code <Kafka topic>-value}. */
        TOPIC,
        /** {@code <record>}. */
        RECORD,
        /** {@code <Kafka topic>-<record>}. */
        TOPIC_RECORD
    }

    /** What happens to what does not fit. */
    public enum OnError {
        DEAD_LETTER,
        REFUSE
    }

    public FormatSettings {
        fields = Map.copyOf(fields);
        if ((onError == OnError.DEAD_LETTER) == (deadLetterTopic == null)) {
            throw new IllegalArgumentException(
                    "dead-letter topic: " + deadLetterTopic + " (expected: one exactly where errors go to one)");
        }
    }

    /** The format with all else as it is by default: what does not fit is refused. */
    public static FormatSettings of(Type type, @Nullable String subject) {
        return new FormatSettings(
                type, subject, Naming.TOPIC, null, SchemaSource.LATEST, false, false, Map.of(), OnError.REFUSE, null);
    }

    /** The same with what does not fit in this topic. */
    public FormatSettings withDeadLetters(String topic) {
        return new FormatSettings(
                type, subject, naming, record, version, framed, rejectsUnknown, fields, OnError.DEAD_LETTER, topic);
    }

    String subjectOf(String kafkaTopic) {
        if (subject != null) {
            return subject;
        }
        return switch (naming) {
            case TOPIC -> kafkaTopic + "-value";
            case RECORD -> String.valueOf(record);
            case TOPIC_RECORD -> kafkaTopic + "-" + record;
        };
    }
}
