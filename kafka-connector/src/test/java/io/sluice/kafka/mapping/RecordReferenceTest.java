package io.sluice.kafka.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kafka.mapping.IngressRule.HeaderMode;
import io.sluice.kafka.mapping.IngressRule.IllegalName;
import io.sluice.mqtt.message.TopicName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** What docs/reference/record.md promises is what the code does. */
class RecordReferenceTest {

    private static final Path PAGE = Path.of("..", "docs", "reference", "record.md");

    private static List<String> names(String line) {
        return List.of(line.replace("`", "").split("\\|")).stream()
                .map(String::strip)
                .toList();
    }

    @Test
    void theExamplesOfNamesAreTrue() throws IOException {
        List<List<String>> rows = Files.readAllLines(PAGE).stream()
                .map(RecordReferenceTest::names)
                .filter(cells ->
                        cells.size() == 6 && List.of("refuse", "replace").contains(cells.get(3)))
                .toList();

        assertThat(rows).hasSizeGreaterThan(10);
        for (List<String> row : rows) {
            IllegalName illegalName = IllegalName.valueOf(row.get(3).toUpperCase(Locale.ROOT));
            IngressRule rule = Rules.ingress("r", row.get(1), row.get(2), null, HeaderMode.ALL, illegalName);
            IngressMapping mapping = RuleSet.of(List.of(rule), List.of()).map(TopicName.of(row.get(4)), null);

            String found = mapping instanceof IngressMapping.Mapped mapped ? mapped.kafkaTopic() : "refused";
            assertThat(found).as("%s", row).isEqualTo(row.get(5));
        }
    }

    @Test
    void everyHeaderIsInTheTable() throws IOException {
        String page = Files.readString(PAGE);

        assertThat(List.of(
                        MessageHeaders.TOPIC,
                        MessageHeaders.QOS,
                        MessageHeaders.RETAIN,
                        MessageHeaders.CLIENT_ID,
                        MessageHeaders.CONTENT_TYPE,
                        MessageHeaders.KAFKA_CONTENT_TYPE,
                        MessageHeaders.RESPONSE_TOPIC,
                        MessageHeaders.CORRELATION_DATA,
                        MessageHeaders.PAYLOAD_FORMAT,
                        MessageHeaders.EXPIRY,
                        MessageHeaders.USER_PREFIX + "<name>"))
                .allSatisfy(name -> assertThat(page).contains("| `" + name + "` |"));
    }
}
