package io.sluice.kafka.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.schemas.convert.ConvertLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SchemaFolderTest {

    @TempDir
    Path folder = Path.of(".");

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    private SchemaFolder read() throws IOException {
        return SchemaFolder.read(folder, ConvertLimits.DEFAULTS);
    }

    @Test
    void theNameOfAFileIsTheSubject() throws IOException {
        write("readings-value.avsc", Fixture.READING);
        write("state.v2.json", "{\"type\": \"object\"}");
        write("notes.txt", "no schema");

        SchemaFolder schemas = read();

        Lookup reading = schemas.bySubject("readings-value", SchemaSource.LATEST);
        assertThat(reading).isInstanceOf(Lookup.Found.class);
        KnownSchema schema = ((Lookup.Found) reading).schema();
        assertThat(schema.id()).isEqualTo(KnownSchema.NO_ID);
        assertThat(schemas.byFingerprint(schema.fingerprint())).isEqualTo(reading);
        assertThat(schemas.bySubject("state.v2", 7)).isInstanceOfSatisfying(Lookup.Found.class, found -> assertThat(
                        found.schema().isJsonSchema())
                .isTrue());
        assertThat(schemas.bySubject("notes", SchemaSource.LATEST))
                .isEqualTo(new Lookup.Missing("no file for subject notes"));
        assertThat(schemas.byId(1)).isEqualTo(new Lookup.Missing("schema id 1: a folder of schemas has no ids"));
        assertThat(schemas.byFingerprint(255)).isEqualTo(new Lookup.Missing("no file with fingerprint ff"));
        assertThat(schemas.registered("any", schema)).isEqualTo(new Lookup.Found(schema));
    }

    @Test
    void allFilesThatCannotBeUsedAreNamed() throws IOException {
        write("a.avsc", "{\"type\": \"rekord\"}");
        write("b.json", "{");
        write("c.avsc", Fixture.READING);
        write("c.json", "{}");

        assertThatThrownBy(this::read)
                .isInstanceOf(IOException.class)
                .hasMessageContaining(folder.resolve("a.avsc") + ": ")
                .hasMessageContaining(folder.resolve("b.json") + ": no JSON")
                .hasMessageContaining(folder.resolve("c.json") + ": subject c is in two files (expected: one)");
    }

    @Test
    void aFileOfAnySizeIsNotRead() throws IOException {
        write("a.avsc", " ".repeat((1 << 20) + 1));

        assertThatThrownBy(this::read).hasMessageContaining("larger than 1MiB");
    }

    @Test
    void aFolderThatIsNotThereIsNotEmpty() {
        assertThatThrownBy(() -> SchemaFolder.read(folder.resolve("none"), ConvertLimits.DEFAULTS))
                .isInstanceOf(IOException.class);
    }
}
