package io.sluice.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.app.it.FailpointReference.Row;
import io.sluice.app.it.FailpointReference.TestMethod;
import io.sluice.mqtt.port.Failpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The table is what the failpoints and their tests say. After a change: {@code mvn test -pl bridge-app -am
 * -Dtest=FailpointReferenceTest -Dsurefire.failIfNoSpecifiedTests=false -Dsluice.docs.write=true} writes it anew.
 */
final class FailpointReferenceTest {

    private static final Path PAGE = Path.of("../docs/reference/failpoints.md");

    @Test
    void theTableIsUpToDate() throws IOException {
        String markdown = FailpointReference.markdown();
        if (Boolean.getBoolean("sluice.docs.write")) {
            Files.writeString(PAGE, markdown);
        }
        assertThat(PAGE).content().isEqualTo(markdown);
    }

    @Test
    void everyTestThatItNamesIsThere() throws IOException {
        List<TestMethod> tests = new ArrayList<>();
        for (Failpoint point : Failpoint.values()) {
            tests.add(FailpointReference.scenario(point));
        }
        for (Row row : FailpointReference.rows()) {
            assertThat(row.tests()).as(row.id()).isNotEmpty();
            tests.addAll(row.tests());
        }
        for (TestMethod test : tests) {
            assertThat(Path.of("..", test.file())).content().contains("void " + test.method() + "(");
        }
    }

    @Test
    void idsAreUniqueAndTextsAreSentences() {
        List<String> ids = new ArrayList<>();
        for (Failpoint point : Failpoint.values()) {
            ids.add(point.id());
            assertThat(List.of(point.point(), point.rule(), point.behaviour()))
                    .as(point.id())
                    .allMatch(text -> text.endsWith(".") && !text.contains("|"));
        }
        FailpointReference.rows().forEach(row -> ids.add(row.id()));
        assertThat(ids).doesNotHaveDuplicates();
    }
}
