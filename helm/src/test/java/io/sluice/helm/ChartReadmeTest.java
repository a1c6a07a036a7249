package io.sluice.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The README's table is what values.yaml says. After a change there: {@code mvn test -pl helm -am -Dtest=ChartReadmeTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dsluice.docs.write=true} writes it anew.
 */
final class ChartReadmeTest {

    @Test
    void theReadmeIsUpToDate() throws IOException {
        String markdown = ChartReadme.markdown();
        if (Boolean.getBoolean("sluice.docs.write")) {
            Files.writeString(ChartReadme.PAGE, markdown);
        }
        assertThat(ChartReadme.PAGE).content().isEqualTo(markdown);
    }

    @Test
    void everyValueIsDescribedInASentence() {
        List<String> described =
                ChartReadme.rows().stream().map(ChartReadme.Row::key).toList();

        for (String leaf : leaves()) {
            assertThat(described).as(leaf).anyMatch(key -> leaf.equals(key) || leaf.startsWith(key + "."));
        }
        assertThat(ChartReadme.rows())
                .allSatisfy(row -> assertThat(row.what()).hasSizeGreaterThan(5).endsWith("."));
    }

    @Test
    void noRowIsOfAKeyThatIsNotThere() {
        assertThat(ChartReadme.rows().stream().map(ChartReadme.Row::key).toList())
                .hasSizeGreaterThan(120)
                .doesNotHaveDuplicates();
    }

    private static List<String> leaves() {
        List<String> leaves = new ArrayList<>();
        collect(Yaml.map(Chart.SOURCE.resolve("values.yaml")), "", leaves);
        return leaves;
    }

    private static void collect(Map<String, Object> values, String path, List<String> leaves) {
        values.forEach((name, value) -> {
            if (value instanceof Map<?, ?> map && !map.isEmpty()) {
                collect(Yaml.asMap(map), path + name + ".", leaves);
            } else {
                leaves.add(path + name);
            }
        });
    }
}
