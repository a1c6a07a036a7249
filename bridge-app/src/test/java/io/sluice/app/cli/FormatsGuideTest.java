package io.sluice.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What docs/guides/json-to-avro.md says is what comes out. */
final class FormatsGuideTest {

    private static final Path GUIDE = Path.of("../docs/guides/json-to-avro.md");

    @TempDir
    Path folder = Path.of(".");

    private static List<String> blocks(String guide, String language) {
        List<String> blocks = new ArrayList<>();
        Matcher matcher =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(guide);
        while (matcher.find()) {
            blocks.add(matcher.group(1));
        }
        return blocks;
    }

    private String map(String config, String payload) throws IOException {
        Path file = folder.resolve("payload.json");
        Files.writeString(file, payload);
        StringWriter out = new StringWriter();
        CommandLine line =
                SluiceCommand.commandLine(Map.of(), (ignored, sources) -> 7).setOut(new PrintWriter(out, true));
        var unused = line.execute("map", "-c", config, "shellies/hall-3/status/em", "--payload", "@" + file);
        return out.toString().replace("\r\n", "\n");
    }

    @Test
    void theGuideSaysWhatComesOut() throws IOException {
        String guide = Files.readString(GUIDE);
        Path schemas = Files.createDirectory(folder.resolve("schemas"));
        Files.writeString(
                schemas.resolve("power-value.avsc"), blocks(guide, "avsc").get(0));
        Path config = folder.resolve("sluice.yaml");
        Files.writeString(
                config, blocks(guide, "yaml").get(0).replace("folder: schemas", "folder: \"" + schemas + "\""));
        List<String> documents = blocks(guide, "json");

        assertThat(map(config.toString(), documents.get(0)))
                .endsWith(blocks(guide, "good").get(0));
        assertThat(map(config.toString(), documents.get(1)))
                .endsWith(blocks(guide, "bad").get(0));
    }
}
