package io.sluice.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/guides/sparkplug.md says is what comes out. */
final class SparkplugGuideTest {

    private static final Path GUIDE = Path.of("../docs/guides/sparkplug.md");

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

    private String map(String config, String topic, byte[] payload) throws IOException {
        Path file = folder.resolve("payload.bin");
        Files.write(file, payload);
        StringWriter out = new StringWriter();
        int code = SluiceCommand.commandLine(Map.of(), (ignored, sources) -> 7)
                .setOut(new PrintWriter(out, true))
                .execute("map", "-c", config, topic, "--payload", "@" + file);
        assertThat(code).isLessThan(2);
        return out.toString().replace("\r\n", "\n");
    }

    @Test
    void theGuideSaysWhatComesOut() throws IOException {
        String guide = Files.readString(GUIDE);
        Path config = folder.resolve("sluice.yaml");
        Files.writeString(config, blocks(guide, "yaml").get(0));
        List<byte[]> payloads = blocks(guide, "base64").stream()
                .map(text -> Base64.getMimeDecoder().decode(text))
                .toList();

        assertThat(map(config.toString(), "spBv1.0/plant/DBIRTH/edge-1/press", payloads.get(0)))
                .endsWith(blocks(guide, "birth").get(0));
        assertThat(map(config.toString(), "spBv1.0/plant/DDATA/edge-1/press", payloads.get(1)))
                .endsWith(blocks(guide, "data").get(0));
        assertThat(map(config.toString(), "spBv1.0/plant/NDATA/edge-1", "{\"temp\": 21}".getBytes(UTF_8)))
                .endsWith(blocks(guide, "bad").get(0));
    }
}
