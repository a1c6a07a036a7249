package io.sluice.app.config;

import io.sluice.kafka.format.FormatSettings;
import io.sluice.kafka.format.FormatSettings.Naming;
import io.sluice.kafka.format.FormatSettings.OnError;
import io.sluice.schemas.convert.JsonToAvro.UnknownFields;
import org.jspecify.annotations.Nullable;

/**
 * What a rule makes of payloads on their way to Kafka.
 *
 * @param type the format
 * @param subject of the schema, or null for what subjectName says
 * @param subjectName how the subject is called
 * @param record full name of the record, or null
 * @param version of the subject, 0 for the newest
 * @param framed whether Avro payloads have magic byte and id
 * @param unknownFields what happens to members that the schema does not name
 * @param fields what Sluice fills in
 * @param onError what happens to what does not fit, or null for what dead-letter says
 */
public record FormatConfig(
        @Key(
                value = "What the record's value is: the payload as it is (`raw`); an Avro record of the whole message "
                        + "(`envelope`); the payload, which is Avro already, checked (`avro`); JSON converted by the "
                        + "subject's schema (`json-to-avro`); JSON checked by a JSON Schema, as it is (`json`); the data of "
                        + "a CloudEvent (`cloudevents`); an Avro record of a Sparkplug B message (`sparkplug`); or what the "
                        + "MQTT 5 Content Type says (`by-content-type`).",
                byDefault = Key.REQUIRED)
        FormatSettings.Type type,

        @Key("Subject of the schema. Absent: by `subject-name`.") @Nullable
        String subject,

        @Key(
                value = "How the subject is called: `topic` is `<Kafka topic>-value`, `record` is `<record>`, "
                        + "`topic-record` is `<Kafka topic>-<record>`.",
                byDefault = "topic")
        Naming subjectName,

        @Key("Full name of the record, for `subject-name: record` and `topic-record`.") @Nullable
        String record,

        @Key(value = "Version of the subject; 0 for the newest.", byDefault = "0", min = "0")
        int version,

        @Key(
                value = "For `avro`: whether payloads begin with magic byte 0 and the id of their schema; "
                        + "otherwise they are bare, and Sluice puts that in front.",
                byDefault = "false")
        boolean framed,

        @Key(
                value =
                        "For `json-to-avro`: what happens to members that the schema does not name: `ignore` or `reject`.",
                byDefault = "ignore")
        UnknownFields unknownFields,

        @Key(
                "For `json-to-avro`: members that Sluice fills in, name to template: the filter's captures, `{client-id}`, "
                        + "`{received}` for the time in milliseconds, `{user.<name>}` for a user property.")
        KafkaProperties fields,

        @Key(
                "What happens to a payload that does not fit: `dead-letter`, or `refuse`, which an MQTT 5 client is told by "
                        + "0x99. Absent: `dead-letter` where the rule has one.")
        @Nullable
        OnError onError) {

    public FormatConfig {
        if (subject == null && subjectName != Naming.TOPIC && record == null) {
            throw new IllegalArgumentException("subject-name without record (expected: the record's full name)");
        }
    }

    /** Whether the format has schemas of its own subject. */
    boolean needsSchemas() {
        return switch (type) {
            case AVRO, JSON_TO_AVRO, JSON, BY_CONTENT_TYPE -> true;
            case RAW, ENVELOPE, CLOUDEVENTS, SPARKPLUG -> false;
        };
    }

    FormatSettings toSettings(@Nullable String deadLetter) {
        OnError wanted = onError == null ? (deadLetter == null ? OnError.REFUSE : OnError.DEAD_LETTER) : onError;
        return new FormatSettings(
                type,
                subject,
                subjectName,
                record,
                version,
                framed,
                unknownFields == UnknownFields.REJECT,
                fields.values(),
                wanted,
                wanted == OnError.DEAD_LETTER ? deadLetter : null);
    }
}
