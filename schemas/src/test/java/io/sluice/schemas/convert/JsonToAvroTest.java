package io.sluice.schemas.convert;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sluice.schemas.convert.JsonToAvro.UnknownFields;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JsonToAvroTest {

    private static final ConvertLimits LIMITS = ConvertLimits.DEFAULTS;

    /** A record with one field {@code v} of the type. */
    private static Schema of(String type) {
        return new Schema.Parser()
                .parse("{\"type\": \"record\", \"name\": \"R\", \"fields\": [{\"name\": \"v\", \"type\": " + type
                        + "}]}");
    }

    private static String there(Schema schema, String json) throws MisfitException {
        byte[] avro = new JsonToAvro(schema, UnknownFields.REJECT, LIMITS).convert(json.getBytes(UTF_8), 0);
        return new String(new AvroToJson(schema, LIMITS).convert(avro, 0), UTF_8);
    }

    private static MisfitException refused(Schema schema, String json) {
        MisfitException refused = catchThrowableOfType(MisfitException.class, () -> there(schema, json));
        assertThat(refused).as(json).isNotNull();
        return refused;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"int\" | 7.0 | 7",
                "\"int\" | 1e3 | 1000",
                "\"long\" | 9223372036854775807 | 9223372036854775807",
                "\"long\" | -9.223372036854775808e18 | -9223372036854775808",
                "\"double\" | 7 | 7.0",
                "\"double\" | 9007199254740993.0e0 | refused",
                "\"double\" | 9007199254740993 | refused",
                "\"double\" | 9007199254740992 | 9.007199254740992E15",
                "\"double\" | 0.1 | 0.1",
                "\"double\" | 0.30000000000000004 | 0.30000000000000004",
                "\"double\" | 3.14159265358979323846 | refused",
                "\"double\" | 1e400 | refused",
                "\"double\" | 1e-400 | refused",
                "\"double\" | 1e-999999999 | refused",
                "\"double\" | 10000000000000000000000 | 1.0E22",
                "\"double\" | \"NaN\" | refused",
                "\"float\" | 23.450001 | 23.45",
                "\"float\" | 23.4567891234 | refused",
                "\"float\" | 16777217 | refused",
                "\"float\" | 1e39 | refused",
                "\"int\" | 2147483648 | refused",
                "\"int\" | 7.5 | refused",
                "\"int\" | 1e999999999 | refused",
                "\"int\" | 1e-999999999 | refused",
                "\"int\" | \"7\" | refused",
                "\"long\" | 9223372036854775808 | refused",
                "\"string\" | 7 | refused",
                "\"boolean\" | 1 | refused",
                "\"boolean\" | true | true",
            })
    void numbersAreWidenedAndNeverRounded(String type, String value, String back) throws MisfitException {
        if (back.equals("refused")) {
            assertThat(refused(of(type), "{\"v\": " + value + "}").path()).isEqualTo("$.v");
        } else {
            assertThat(there(of(type), "{\"v\": " + value + "}")).isEqualTo("{\"v\":" + back + "}");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "date | int | \"2026-11-22\" | \"2026-11-22\"",
                "date | int | 0 | \"1970-01-01\"",
                "date | int | \"2026-02-30\" | refused",
                "time-millis | int | \"12:34:56.789\" | \"12:34:56.789\"",
                "time-millis | int | \"12:34:56.7891\" | refused",
                "time-millis | int | 86400000 | refused",
                "time-micros | long | \"12:34:56.789012\" | \"12:34:56.789012\"",
                "timestamp-millis | long | \"2026-11-22T13:34:56.789+01:00\" | \"2026-11-22T12:34:56.789Z\"",
                "timestamp-millis | long | 1000 | \"1970-01-01T00:00:01Z\"",
                "timestamp-millis | long | 1000.5 | refused",
                "timestamp-millis | long | \"1969-12-31T23:59:59.999Z\" | \"1969-12-31T23:59:59.999Z\"",
                "timestamp-micros | long | \"2026-11-22T12:34:56.789012Z\" | \"2026-11-22T12:34:56.789012Z\"",
                "timestamp-nanos | long | -9223372036854775808 | \"1677-09-21T00:12:43.145224192Z\"",
                "timestamp-nanos | long | \"1677-09-21T00:12:43.145224192Z\" | \"1677-09-21T00:12:43.145224192Z\"",
                "timestamp-nanos | long | \"1677-09-21T00:12:43.145224191Z\" | refused",
                "timestamp-millis | long | \"2026-11-22T12:34:56.789\" | refused",
                "local-timestamp-millis | long | \"2026-11-22T12:34:56.789\" | \"2026-11-22T12:34:56.789\"",
                "uuid | string | \"6ba7b810-9dad-11d1-80b4-00c04fd430c8\" | \"6ba7b810-9dad-11d1-80b4-00c04fd430c8\"",
                "uuid | string | \"6ba7b810\" | refused",
            })
    void logicalTypesAreTextOrTheNumberInTheirUnit(String logical, String type, String value, String back)
            throws MisfitException {
        Schema schema = of("{\"type\": \"" + type + "\", \"logicalType\": \"" + logical + "\"}");
        if (back.equals("refused")) {
            assertThat(refused(schema, "{\"v\": " + value + "}").path()).isEqualTo("$.v");
        } else {
            assertThat(there(schema, "{\"v\": " + value + "}")).isEqualTo("{\"v\":" + back + "}");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "12.5,12.50",
        "'\"12.5\"',12.50",
        "-0.01,-0.01",
        "0,0.00",
        "99999.99,99999.99",
        "100000,refused",
        "0.001,refused",
        "1e99999999,refused",
        "'\"x\"',refused",
        "0e99999999,0.00"
    })
    void decimalsKeepTheirDigits(String value, String back) throws MisfitException {
        for (String type : new String[] {"\"bytes\"", "{\"type\": \"fixed\", \"name\": \"F\", \"size\": 4}"}) {
            String base = type.startsWith("{") ? type.substring(0, type.length() - 1) : "{\"type\": " + type;
            Schema schema = of(base + ", \"logicalType\": \"decimal\", \"precision\": 7, \"scale\": 2}");
            if (back.equals("refused")) {
                assertThat(refused(schema, "{\"v\": " + value + "}").path()).isEqualTo("$.v");
            } else {
                assertThat(there(schema, "{\"v\": " + value + "}")).isEqualTo("{\"v\":" + back + "}");
            }
        }
    }

    @Test
    void anErrorNamesPathFoundAndExpected() {
        Schema schema = new Schema.Parser().parse("""
                {"type": "record", "name": "T", "fields": [
                  {"name": "temp", "type": ["null", "double"]},
                  {"name": "id", "type": "string"},
                  {"name": "list", "type": {"type": "array", "items": "int"}},
                  {"name": "state", "type": {"type": "enum", "name": "S", "symbols": ["ON", "OFF"]}}]}
                """);

        MisfitException refused =
                refused(schema, "{\"temp\": \"hot\", \"list\": [1, 2.5], \"state\": \"on\", \"more\": 1}");

        assertThat(refused.misfits().stream().map(Misfit::message))
                .containsExactly(
                        "$.temp: expected double, found \"hot\"",
                        "$.id: expected string, found nothing",
                        "$.list[1]: expected int, found 2.5",
                        "$.state: expected one of ON, OFF, found \"on\"",
                        "$.more: expected no such field in record T, found 1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | $ | nothing",
                "{ | $ | Unexpected end-of-input",
                "{\"v\": 1} x | $ | Unrecognized token",
                "{\"v\": 1} {} | $ | more behind the end",
                "{\"v\": [1, 2, x]} | $.v[2] | Unrecognized token",
                "{\"v\": 1, \"v\": 2} | $.v | Duplicate",
                "{\"v\": NaN} | $.v | Non-standard token",
                "{\"v\": 01} | $.v | Invalid numeric",
            })
    void whatIsNoJsonIsMalformed(String json, String path, String found) {
        MisfitException refused = refused(of("\"int\""), json);

        assertThat(refused.isMalformed()).isTrue();
        assertThat(refused.misfits().get(0).found()).startsWith(found);
        assertThat(refused.path()).isEqualTo(path);
    }

    @Test
    void depthAndSizeHaveLimits() throws MisfitException {
        ConvertLimits small = new ConvertLimits(10, 1_000, 8);
        Schema nested = new Schema.Parser().parse("""
                {"type": "record", "name": "N", "fields": [
                  {"name": "n", "type": ["null", "N"], "default": null},
                  {"name": "d", "type": "string", "default": "%s"}]}
                """.formatted("x".repeat(100)));
        JsonToAvro converter = new JsonToAvro(nested, UnknownFields.IGNORE, small);
        assertThat(converter.convert("{\"n\": {}}".getBytes(UTF_8), 0)).hasSizeGreaterThan(200);

        MisfitException deep = catchThrowableOfType(
                MisfitException.class,
                () -> converter.convert(("{\"n\":".repeat(20) + "{}" + "}".repeat(20)).getBytes(UTF_8), 0));
        MisfitException large = catchThrowableOfType(
                MisfitException.class,
                () -> converter.convert(("{\"n\":".repeat(9) + "{}" + "}".repeat(9)).getBytes(UTF_8), 0));

        assertThat(deep.isMalformed()).isTrue();
        assertThat(large.isMalformed()).isFalse();
        assertThat(large.getMessage()).contains("at most 1000 bytes of Avro");
    }

    @Test
    void ofUnionsTheFirstBranchIsTakenThatFitsWholly() throws MisfitException {
        Schema schema = of("""
                ["null", "int", "long", {"type": "long", "logicalType": "timestamp-millis"}, "bytes", "string",
                 {"type": "record", "name": "A", "fields": [{"name": "a", "type": "int", "default": 0}]},
                 {"type": "record", "name": "B", "fields": [{"name": "b", "type": "int"}]}]
                """.replace(", {\"type\": \"long\", \"logicalType\": \"timestamp-millis\"}", ""));

        assertThat(there(schema, "{\"v\": 4294967296}")).isEqualTo("{\"v\":4294967296}");
        assertThat(there(schema, "{\"v\": \"abcd\"}"))
                .as("not taken for Base64")
                .isEqualTo("{\"v\":\"abcd\"}");
        assertThat(there(schema, "{\"v\": {\"b\": 7}}")).isEqualTo("{\"v\":{\"b\":7}}");
        assertThat(there(schema, "{\"v\": {\"a\": 7}}")).isEqualTo("{\"v\":{\"a\":7}}");
        assertThat(there(schema, "{\"v\": null}")).isEqualTo("{\"v\":null}");
        assertThat(refused(schema, "{\"v\": true}").path()).isEqualTo("$.v");
        assertThat(refused(schema, "{\"v\": {\"c\": 1}}").path()).isEqualTo("$.v");
    }

    @Test
    void attemptsAtUnionsDoNotMultiplyWithoutEnd() {
        Schema schema = new Schema.Parser().parse("""
                {"type": "record", "name": "A", "fields": [{"name": "n", "type": ["null", "A",
                  {"type": "record", "name": "B", "fields": [{"name": "n", "type": ["null", "A", "B"]}]}, "int"]}]}
                """);
        String json = "{\"n\":".repeat(50) + "true" + "}".repeat(50);

        assertThat(refused(schema, json).getMessage()).contains("too many ways to read it");
    }

    @Test
    void halfCharactersAreRefused() {
        assertThat(refused(of("\"string\""), "{\"v\": \"\\ud800x\"}").path()).isEqualTo("$.v");
        assertThat(refused(of("{\"type\": \"map\", \"values\": \"int\"}"), "{\"v\": {\"\\udc00\": 1}}")
                        .path())
                .startsWith("$.v");
    }

    @Test
    void unknownFieldsAreIgnoredOrRejectedByChoice() throws MisfitException {
        byte[] json = "{\"v\": 1, \"w\": 2}".getBytes(UTF_8);

        assertThat(new JsonToAvro(of("\"int\""), UnknownFields.IGNORE, LIMITS).convert(json, 0))
                .containsExactly(2);
        assertThat(refused(of("\"int\""), new String(json, UTF_8)).path()).isEqualTo("$.w");
    }
}
