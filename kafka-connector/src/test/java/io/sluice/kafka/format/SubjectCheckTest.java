package io.sluice.kafka.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kafka.format.FormatSettings.Naming;
import io.sluice.kafka.format.FormatSettings.OnError;
import io.sluice.kafka.format.SubjectCheck.Finding;
import io.sluice.schemas.convert.ConvertLimits;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SubjectCheckTest {

    private final Fixture.Known known = new Fixture.Known()
            .with("readings-value", Fixture.avro("readings-value", 7, Fixture.READING))
            .with("plain", Fixture.avro("plain", 8, "{\"type\": \"int\"}"))
            .with("checked", KnownSchema.json("checked", 9, "{}", ConvertLimits.DEFAULTS))
            .without("nowhere-value");

    private Finding check(FormatSettings settings, String kafkaTopic) throws IOException {
        return new SubjectCheck(known, ConvertLimits.DEFAULTS)
                .of(settings, kafkaTopic)
                .orElse(new Finding(true, "no schema"));
    }

    private static FormatSettings filling(String subject, String field) {
        return new FormatSettings(
                FormatSettings.Type.JSON_TO_AVRO,
                subject,
                Naming.TOPIC,
                null,
                SchemaSource.LATEST,
                false,
                false,
                Map.of(field, "{client-id}"),
                OnError.REFUSE,
                null);
    }

    @Test
    void theSubjectThatIsThereHasItsId() throws IOException {
        assertThat(check(FormatSettings.of(FormatSettings.Type.JSON_TO_AVRO, null), "readings"))
                .isEqualTo(new Finding(true, "readings-value: id 7"));
        assertThat(check(filling("readings-value", "device"), "readings"))
                .isEqualTo(new Finding(true, "readings-value: id 7"));
        assertThat(check(FormatSettings.of(FormatSettings.Type.JSON, "checked"), "readings"))
                .isEqualTo(new Finding(true, "checked: id 9"));
    }

    @Test
    void whatIsMissingOrOfTheOtherKindOrWithoutAFieldIsSaid() throws IOException {
        assertThat(check(FormatSettings.of(FormatSettings.Type.AVRO, null), "nowhere"))
                .isEqualTo(new Finding(false, "nowhere-value: the registry answers 404"));
        assertThat(check(FormatSettings.of(FormatSettings.Type.AVRO, "checked"), "t"))
                .isEqualTo(new Finding(false, "checked: id 9, a JSON Schema (expected: an Avro schema)"));
        assertThat(check(FormatSettings.of(FormatSettings.Type.JSON, "plain"), "t"))
                .isEqualTo(new Finding(false, "plain: id 8, an Avro schema (expected: a JSON Schema)"));
        assertThat(check(filling("readings-value", "site"), "t"))
                .isEqualTo(new Finding(false, "readings-value: id 7, has no field site, which the rule fills in"));
        assertThat(check(filling("plain", "site"), "t"))
                .isEqualTo(new Finding(false, "plain: id 8, no record (expected: one with the rule's fields)"));
    }

    @Test
    void whatDependsOnTheMessageOrNeedsNoSchemaIsNotAskedFor() throws IOException {
        assertThat(check(FormatSettings.of(FormatSettings.Type.AVRO, null), "telemetry.{tenant}"))
                .isEqualTo(new Finding(true, "telemetry.{tenant}-value: depends on the message, not asked for"));
        assertThat(check(FormatSettings.of(FormatSettings.Type.CLOUDEVENTS, null), "t"))
                .isEqualTo(new Finding(true, "no schema"));
    }

    @Test
    void aPinnedVersionThatTheNewestCannotReadIsSaid() throws IOException {
        FormatSettings pinned = new FormatSettings(
                FormatSettings.Type.AVRO, "s", Naming.TOPIC, null, 1, false, false, Map.of(), OnError.REFUSE, null);
        SchemaSource versions = new Versions();

        assertThat(new SubjectCheck(versions, ConvertLimits.DEFAULTS).of(pinned, "t"))
                .contains(new Finding(false, "s version 1: id 1, which the newest version, id 2, cannot read"));
    }

    @Test
    void withoutIdsTheEnvelopeNeedsNothing() throws IOException {
        assertThat(check(FormatSettings.of(FormatSettings.Type.ENVELOPE, null), "t"))
                .isEqualTo(new Finding(true, "t-value: io.sluice.Envelope by its fingerprint, since there are no ids"));
    }

    /** The newest version has a field more that the first does not write. */
    private static final class Versions implements SchemaSource {
        @Override
        public Lookup bySubject(String subject, int version) {
            return new Lookup.Found(
                    version == 1
                            ? Fixture.avro("s", 1, "{\"type\": \"int\"}")
                            : Fixture.avro("s", 2, "{\"type\": \"string\"}"));
        }

        @Override
        public Lookup byId(int id) {
            return new Lookup.Missing("id");
        }

        @Override
        public Lookup byFingerprint(long fingerprint) {
            return new Lookup.Missing("fingerprint");
        }

        @Override
        public Lookup registered(String subject, KnownSchema schema) {
            return new Lookup.Missing("registered");
        }

        @Override
        public void close() {}
    }
}
