package io.sluice.schemas.convert;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Arrays;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

/** What strangers may have written to a topic: never more than a misfit, and no work for nothing. */
final class AvroToJsonTest {

    private static AvroToJson of(String schema) {
        return new AvroToJson(new Schema.Parser().parse(schema), new ConvertLimits(16, 10_000, 8));
    }

    private static MisfitException refused(AvroToJson reader, int... bytes) {
        byte[] avro = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            avro[i] = (byte) bytes[i];
        }
        MisfitException converted = catchThrowableOfType(MisfitException.class, () -> reader.convert(avro, 0));
        MisfitException checked = catchThrowableOfType(MisfitException.class, () -> reader.check(avro, 0));
        assertThat(converted).isNotNull();
        assertThat(checked).isNotNull();
        return converted;
    }

    @Test
    void lengthsAreNotBelieved() {
        assertThat(refused(of("\"string\""), 0xFE, 0xFF, 0xFF, 0xFF, 0x0F).getMessage())
                .contains("found the end of the payload");
        assertThat(refused(of("\"bytes\""), 0x01).getMessage()).contains("a negative length");
        assertThat(refused(of("{\"type\": \"fixed\", \"name\": \"F\", \"size\": 4}"), 1, 2, 3)
                        .getMessage())
                .contains("4 bytes more");
    }

    @Test
    void itemsWithoutBytesAreCounted() {
        assertThat(refused(of("{\"type\": \"array\", \"items\": \"null\"}"), 0xFE, 0xFF, 0xFF, 0xFF, 0x0F, 0)
                        .getMessage())
                .contains("too many items");
    }

    @Test
    void aRecordInsideOfItselfEnds() {
        AvroToJson endless =
                of("{\"type\": \"record\", \"name\": \"R\", \"fields\": [{\"name\": \"r\", \"type\": \"R\"}]}");
        assertThat(refused(endless).getMessage()).contains("more than 16 levels");

        AvroToJson deep = of(
                "{\"type\": \"record\", \"name\": \"R\", \"fields\": [{\"name\": \"r\", \"type\": [\"null\", \"R\"]}]}");
        int[] levels = new int[10_000];
        Arrays.fill(levels, 2);
        assertThat(refused(deep, levels).getMessage()).contains("more than 16 levels");
    }

    @Test
    void whatIsNoValueIsNamedByItsPath() {
        AvroToJson reader = of("""
                {"type": "record", "name": "R", "fields": [
                  {"name": "e", "type": {"type": "enum", "name": "E", "symbols": ["A"]}},
                  {"name": "u", "type": ["null", "boolean"]}]}
                """);
        assertThat(refused(reader, 2).path()).isEqualTo("$.e");
        assertThat(refused(reader, 0, 4).path()).isEqualTo("$.u");
        assertThat(refused(reader, 0, 2, 7).path()).isEqualTo("$.u");
        assertThat(refused(reader, 0, 2, 1, 1).getMessage()).contains("1 bytes more");
        assertThat(refused(of("\"string\""), 2, 0xFF).getMessage()).contains("no UTF-8");
        assertThat(refused(of("\"int\""), 0x80, 0x80, 0x80, 0x80, 0x80, 1).getMessage())
                .contains("an int");
    }

    @Test
    void whatJsonHasNoWordForIsAMisfitAndGoodAvroAllTheSame() throws MisfitException {
        byte[] nan = {0, 0, 0, 0, 0, 0, (byte) 0xF8, 0x7F};
        AvroToJson reader = of("\"double\"");

        reader.check(nan, 0);
        assertThat(catchThrowableOfType(MisfitException.class, () -> reader.convert(nan, 0))
                        .getMessage())
                .contains("NaN");
    }

    @Test
    void muchJsonOfLittleAvroIsBounded() {
        AvroToJson reader = of("""
                {"type": "array", "items": {"type": "record", "name": "R", "fields": [
                  {"name": "%s", "type": "null"}]}}
                """.formatted("n".repeat(1_000)));
        // 20 records of no bytes each.
        assertThat(catchThrowableOfType(MisfitException.class, () -> reader.convert(new byte[] {40, 0}, 0))
                        .getMessage())
                .contains("at most 10000 bytes of JSON");
    }

    @Test
    void nonAsciiTextIsCheckedAndKept() throws MisfitException {
        byte[] avro = {6, (byte) 0xE2, (byte) 0x82, (byte) 0xAC};

        of("\"string\"").check(avro, 0);
        assertThat(new String(of("\"string\"").convert(avro, 0), UTF_8)).isEqualTo("\"€\"");
    }
}
