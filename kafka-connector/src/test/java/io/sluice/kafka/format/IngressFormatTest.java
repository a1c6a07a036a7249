package io.sluice.kafka.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.kafka.format.FormatSettings.Naming;
import io.sluice.kafka.format.FormatSettings.OnError;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.message.UserProperty;
import io.sluice.mqtt.port.Refusal;
import io.sluice.schemas.convert.ConvertLimits;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class IngressFormatTest {

    private static final long NOW = 1_700_000_000_000L;
    private static final int ID = 258;

    /** A string of one letter and null, as Avro writes them. */
    private static final byte[] AVRO = {2, 'd', 0};

    private static final byte[] FRAMED = {0, 0, 0, 1, 2, 2, 'd', 0};

    private final Fixture.Known known = new Fixture.Known()
            .with("readings-value", Fixture.avro("readings-value", ID, Fixture.READING))
            .with("checked", KnownSchema.json("checked", 9, "{\"required\": [\"temp\"]}", ConvertLimits.DEFAULTS))
            .without("nowhere");

    private Formatted format(FormatSettings settings, Message message) {
        return Fixture.ingress(settings, known).format(message, Fixture.READINGS, NOW);
    }

    private Formatted format(FormatSettings.Type type, @Nullable String subject, byte[] payload) {
        return format(FormatSettings.of(type, subject), Fixture.message(payload, null));
    }

    private static FormatSettings settings(
            FormatSettings.Type type, boolean framed, boolean rejectsUnknown, Map<String, String> fields) {
        return new FormatSettings(
                type,
                null,
                Naming.TOPIC,
                null,
                SchemaSource.LATEST,
                framed,
                rejectsUnknown,
                fields,
                OnError.REFUSE,
                null);
    }

    private static byte[] bytes(Formatted formatted) {
        assertThat(formatted).isInstanceOf(Formatted.Value.class);
        return ((Formatted.Value) formatted).value();
    }

    private static Formatted.Misfit misfit(Formatted formatted) {
        assertThat(formatted).isInstanceOf(Formatted.Misfit.class);
        return (Formatted.Misfit) formatted;
    }

    private static Message empty(boolean retain) {
        return new Message(
                TopicName.of("plant/d1/readings"),
                Qos.AT_LEAST_ONCE,
                retain,
                Payload.EMPTY,
                MessageProperties.NONE,
                null);
    }

    @ParameterizedTest
    @EnumSource(names = {"AVRO", "JSON_TO_AVRO", "JSON", "SPARKPLUG"})
    void whatClearsARetainedMessageIsOfNoFormat(FormatSettings.Type type) {
        assertThat(format(FormatSettings.of(type, "checked"), empty(true))).isEqualTo(Formatted.Cleared.CLEARED);
    }

    @ParameterizedTest
    @EnumSource(names = {"AVRO", "JSON_TO_AVRO", "JSON"})
    void nothingAtAllIsNoPayloadOtherwise(FormatSettings.Type type) {
        assertThat(format(FormatSettings.of(type, "checked"), empty(false))).isNotInstanceOf(Formatted.Cleared.class);
    }

    @Nested
    final class ByContentType {

        @ParameterizedTest
        @CsvSource(
                nullValues = "absent",
                value = {
                    "application/json,JSON_TO_AVRO",
                    "'  Application/JSON ; charset=utf-8',JSON_TO_AVRO",
                    "application/vnd.apache.avro+binary,AVRO",
                    "avro/binary,AVRO",
                    "application/cloudevents+json,CLOUDEVENTS",
                    "application/json-patch+json,RAW",
                    "text/plain,RAW",
                    "'',RAW",
                    "absent,RAW"
                })
        void theTypeSaysTheFormat(@Nullable String contentType, FormatSettings.Type type) {
            assertThat(IngressFormat.byContentType(contentType)).isEqualTo(type);
        }

        @Test
        void eachMessageGoesItsOwnWay() {
            FormatSettings settings = FormatSettings.of(FormatSettings.Type.BY_CONTENT_TYPE, null);
            byte[] json = "{\"device\": \"d\"}".getBytes(UTF_8);

            assertThat(bytes(format(settings, Fixture.message(json, "application/json"))))
                    .isEqualTo(FRAMED);
            assertThat(bytes(format(settings, Fixture.message(AVRO, "avro/binary"))))
                    .isEqualTo(FRAMED);
            assertThat(bytes(format(settings, Fixture.message(json, null)))).isEqualTo(json);
        }
    }

    @Nested
    final class WireFormat {

        @Test
        void magicByteAndIdStandInFrontOfWhatIsMadeAndOfWhatIsAvroAlready() {
            assertThat(bytes(format(FormatSettings.Type.JSON_TO_AVRO, null, "{\"device\": \"d\"}".getBytes(UTF_8))))
                    .isEqualTo(FRAMED);
            assertThat(bytes(format(FormatSettings.Type.AVRO, null, AVRO))).isEqualTo(FRAMED);
        }

        @Test
        void whatIsFramedStaysAsItIs() {
            assertThat(bytes(format(
                            settings(FormatSettings.Type.AVRO, true, false, Map.of()), Fixture.message(FRAMED, null))))
                    .isEqualTo(FRAMED);
        }

        @Test
        void whatIsNoAvroOfTheSchemaIsAMisfitWithTheSchemasId() {
            Formatted.Misfit bare = misfit(format(FormatSettings.Type.AVRO, null, new byte[] {2, 'd'}));
            Formatted.Misfit framed = misfit(format(
                    settings(FormatSettings.Type.AVRO, true, false, Map.of()),
                    Fixture.message(Arrays.copyOf(FRAMED, FRAMED.length + 1), null)));

            assertThat(List.of(bare.reason(), framed.reason())).containsOnly(Refusal.SCHEMA);
            assertThat(List.of(bare.schemaId(), framed.schemaId())).containsOnly(ID);
        }

        @ParameterizedTest
        @CsvSource({"''", "00", "0000000", "01000001020264"})
        void withoutMagicByteAndIdItIsNotFramed(String hex) {
            byte[] payload = java.util.HexFormat.of().parseHex(hex.length() % 2 == 0 ? hex : hex + "0");

            Formatted.Misfit misfit = misfit(
                    format(settings(FormatSettings.Type.AVRO, true, false, Map.of()), Fixture.message(payload, null)));

            assertThat(misfit.message()).isEqualTo("$: expected magic byte 0 and a schema's id");
        }

        @Test
        void anotherSchemaIsTakenIfTheSubjectsReadsIt() {
            String older = "{\"type\": \"record\", \"name\": \"Reading\", \"namespace\": \"acme\", \"fields\": ["
                    + "{\"name\": \"device\", \"type\": \"string\"}]}";
            known.with("older", Fixture.avro("older", 7, older));
            known.with("other", Fixture.avro("other", 8, "{\"type\": \"int\"}"));
            FormatSettings framed = settings(FormatSettings.Type.AVRO, true, false, Map.of());

            byte[] taken = {0, 0, 0, 0, 7, 2, 'd'};
            assertThat(bytes(format(framed, Fixture.message(taken, null)))).isEqualTo(taken);
            assertThat(misfit(format(framed, Fixture.message(new byte[] {0, 0, 0, 0, 8, 2}, null)))
                            .message())
                    .isEqualTo("schema id 8 (expected: one that readings-value can read)");
            assertThat(format(framed, Fixture.message(new byte[] {0, 0, 0, 0, 99, 2}, null)))
                    .as("an id that is asked for yet")
                    .isInstanceOf(Formatted.Held.class);
        }
    }

    @Nested
    final class Schemas {

        @Test
        void whatIsNotKnownYetIsNeitherGoodNorBad() {
            Formatted held = format(FormatSettings.Type.JSON_TO_AVRO, "asked-for-yet", new byte[] {'?'});

            assertThat(held).isEqualTo(new Formatted.Held(known.answer));
        }

        @Test
        void aSubjectThatIsMissingIsAMisfit() {
            Formatted.Misfit misfit = misfit(format(FormatSettings.Type.JSON_TO_AVRO, "nowhere", "{}".getBytes(UTF_8)));

            assertThat(misfit)
                    .isEqualTo(new Formatted.Misfit(
                            Refusal.SCHEMA, "$", "nowhere: the registry answers 404", KnownSchema.NO_ID));
        }

        @Test
        void oneOfTheOtherKindIsAMisfit() {
            byte[] json = "{\"temp\": 1}".getBytes(UTF_8);

            assertThat(misfit(format(FormatSettings.Type.JSON_TO_AVRO, "checked", json))
                            .message())
                    .isEqualTo("checked is a JSON Schema (expected: an Avro schema)");
            assertThat(misfit(format(FormatSettings.Type.AVRO, "checked", json)).message())
                    .isEqualTo("checked is a JSON Schema (expected: an Avro schema)");
            assertThat(misfit(format(FormatSettings.Type.JSON, "readings-value", json))
                            .message())
                    .isEqualTo("readings-value is an Avro schema (expected: a JSON Schema)");
        }

        @ParameterizedTest
        @CsvSource(
                nullValues = "absent",
                value = {
                    "own,TOPIC,absent,own",
                    "absent,TOPIC,absent,readings-value",
                    "absent,RECORD,acme.Reading,acme.Reading",
                    "absent,TOPIC_RECORD,acme.Reading,readings-acme.Reading"
                })
        void subjectsAreCalledAsTheRuleSays(
                @Nullable String subject, Naming naming, @Nullable String record, String expected) {
            FormatSettings settings = new FormatSettings(
                    FormatSettings.Type.AVRO,
                    subject,
                    naming,
                    record,
                    3,
                    false,
                    false,
                    Map.of(),
                    OnError.DEAD_LETTER,
                    "dlq");

            assertThat(settings.subjectOf("readings")).isEqualTo(expected);
        }
    }

    @Nested
    final class Json {

        @Test
        void whatTheJsonSchemaWantsPassesByteForByte() {
            byte[] payload = " {\"temp\" : 1.50} ".getBytes(UTF_8);

            assertThat(bytes(format(FormatSettings.Type.JSON, "checked", payload)))
                    .isSameAs(payload);
        }

        @Test
        void whatItDoesNotIsAMisfit() {
            Formatted.Misfit misfit = misfit(format(FormatSettings.Type.JSON, "checked", "{}".getBytes(UTF_8)));
            Formatted.Misfit malformed = misfit(format(FormatSettings.Type.JSON, "checked", "{".getBytes(UTF_8)));

            assertThat(misfit.reason()).isEqualTo(Refusal.SCHEMA);
            assertThat(misfit.message()).contains("temp");
            assertThat(misfit.schemaId()).isEqualTo(9);
            assertThat(malformed.reason()).isEqualTo(Refusal.PAYLOAD_FORMAT);
        }
    }

    @Nested
    final class Fields {

        private static final String FILLED = """
                {"type": "record", "name": "Filled", "fields": [
                  {"name": "device", "type": "string"}, {"name": "client", "type": "string"},
                  {"name": "at", "type": "long"}, {"name": "site", "type": ["null", "string"]}]}
                """;

        private final FormatSettings settings = settings(
                FormatSettings.Type.JSON_TO_AVRO,
                false,
                true,
                Map.of("device", "{device}", "client", "{client-id}", "at", "{received}", "site", "{user.site}"));

        @Test
        void areOfTheTopicTheClientTheTimeAndTheUserProperties() throws Exception {
            KnownSchema filled = Fixture.avro("readings-value", 1, FILLED);
            known.with("readings-value", filled);
            byte[] payload = "{\"device\": \"what it says of itself\"}".getBytes(UTF_8);

            byte[] value = bytes(format(settings, Fixture.message(payload, null, new UserProperty("site", "north"))));
            byte[] without = bytes(format(settings, Fixture.message(payload, null)));

            assertThat(new String(filled.toJson(value, 5), UTF_8))
                    .isEqualTo("{\"device\":\"d1\",\"client\":\"c1\",\"at\":1700000000000,\"site\":\"north\"}");
            assertThat(new String(filled.toJson(without, 5), UTF_8)).contains("\"site\":null");
        }

        @Test
        void areNotPutIntoWhatIsNoObject() {
            assertThat(misfit(format(settings, Fixture.message("[1]"))).path()).isEqualTo("$");
        }

        @Test
        void mustNameWhatTheFilterHas() {
            assertThatThrownBy(() -> Fixture.ingress(
                            settings(FormatSettings.Type.JSON_TO_AVRO, false, false, Map.of("a", "{nobody}")), known))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("format.fields.a");
        }

        @Test
        void unknownMembersAreIgnoredOrRejected() {
            byte[] more = "{\"device\": \"d\", \"more\": 1}".getBytes(UTF_8);

            assertThat(bytes(format(FormatSettings.Type.JSON_TO_AVRO, null, more)))
                    .isEqualTo(FRAMED);
            assertThat(misfit(format(
                                    settings(FormatSettings.Type.JSON_TO_AVRO, false, true, Map.of()),
                                    Fixture.message(more, null)))
                            .path())
                    .isEqualTo("$.more");
        }
    }

    @Test
    void errorsGoToATopicExactlyWhereTheyAreToGoToOne() {
        assertThatThrownBy(() -> new FormatSettings(
                        FormatSettings.Type.AVRO,
                        null,
                        Naming.TOPIC,
                        null,
                        0,
                        false,
                        false,
                        Map.of(),
                        OnError.DEAD_LETTER,
                        null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new FormatSettings(
                        FormatSettings.Type.AVRO,
                        null,
                        Naming.TOPIC,
                        null,
                        0,
                        false,
                        false,
                        Map.of(),
                        OnError.REFUSE,
                        "dlq"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
