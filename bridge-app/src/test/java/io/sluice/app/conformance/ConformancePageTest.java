package io.sluice.app.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.app.conformance.ConformancePage.Reason;
import io.sluice.mqtt.spec.Conforms;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The page is what the tests say. After a change: {@code mvn test -pl bridge-app -am -Dtest=ConformancePageTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dsluice.docs.write=true} writes it anew.
 */
final class ConformancePageTest {

    private static final Path PAGE = Path.of("../docs/reference/conformance.md");
    private static final Map<Statement, String> STATEMENTS = new LinkedHashMap<>();
    private static final Map<Statement, Reason> REASONS = new LinkedHashMap<>();

    private static final List<Path> SOURCES = List.of(
            Path.of("../mqtt-server/src/test/java"),
            Path.of("../kafka-connector/src/test/java"),
            Path.of("src/test/java"));

    private static Proofs proofs = Proofs.none();

    @BeforeAll
    static void readTables() throws IOException {
        proofs = Proofs.find(SOURCES);
        for (String[] row : rows("statements.tsv", 3)) {
            assertThat(STATEMENTS.put(new Statement(row[0], row[1]), row[2]))
                    .as("%s is there twice", row[1])
                    .isNull();
        }
        for (String[] row : rows("reasons.tsv", 4)) {
            assertThat(REASONS.put(new Statement(row[0], row[1]), new Reason(row[2], row[3])))
                    .as("%s is there twice", row[1])
                    .isNull();
        }
    }

    private static List<String[]> rows(String file, int columns) throws IOException {
        try (InputStream in = Conforms.class.getResourceAsStream("/conformance/" + file)) {
            assertThat(in).as(file).isNotNull();
            return new String(in.readAllBytes(), UTF_8)
                    .lines()
                    .skip(1)
                    .map(line -> line.split("\t", -1))
                    .peek(row -> assertThat(row).as(String.join(" ", row)).hasSize(columns))
                    .toList();
        }
    }

    @Test
    void everyStatementHasATestOrAReason() {
        assertThat(STATEMENTS).hasSizeGreaterThan(380);
        assertThat(new ConformancePage(STATEMENTS, REASONS, proofs).problems()).isEmpty();
    }

    @Test
    void aStatementThatIsForgottenIsFound() {
        Map<Statement, String> more = new LinkedHashMap<>(STATEMENTS);
        more.put(new Statement("5.0", "9.9.9-1"), "nobody tests this");

        assertThat(new ConformancePage(more, REASONS, proofs).problems())
                .singleElement()
                .asString()
                .startsWith("MQTT-9.9.9-1 of 5.0");
    }

    @Test
    void thePageIsUpToDate() throws IOException {
        String markdown = new ConformancePage(STATEMENTS, REASONS, proofs).markdown();
        if (Boolean.getBoolean("sluice.docs.write")) {
            Files.writeString(PAGE, markdown);
        }
        assertThat(PAGE).content().isEqualTo(markdown);
    }
}
