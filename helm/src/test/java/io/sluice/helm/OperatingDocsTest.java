package io.sluice.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.app.config.ConfigProblem;
import io.sluice.app.config.LoadedConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What people copy out of the pages for operators works. A block of YAML says in its first line whose file it is; the page
 * on Kubernetes has a test of its own, {@link KubernetesDocsTest}.
 */
final class OperatingDocsTest {

    private static final Path FOLDER = Path.of("../docs/operating");
    private static final Pattern BLOCK = Pattern.compile("```yaml\n# (\\S+)\n(.*?)```", Pattern.DOTALL);
    private static final Pattern ANY_BLOCK = Pattern.compile("```");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#]+)(#[^)]*)?\\)");
    private static final Pattern TOOL = Pattern.compile("org\\.apache\\.kafka\\.[A-Za-z.]*Command");
    private static final Pattern COMMAND = Pattern.compile("(?m)(?:^ {4}|`)sluice ([a-z-]+)");
    private static final Set<String> COMMANDS =
            Set.of("run", "check", "map", "probe", "config", "kafka-acls", "passwd");
    private static final Chart CHART = Chart.withTestPod();

    @TempDir
    Path folder = Path.of(".");

    static Stream<Path> pages() throws IOException {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".md")).sorted().toList().stream();
        }
    }

    /** A page, and the blocks in it. */
    private static Stream<String> blocks(String whose) throws IOException {
        return pages().map(Yaml::read)
                .flatMap(page -> BLOCK.matcher(page).results())
                .filter(block -> block.group(1).equals(whose))
                .map(block -> block.group(2));
    }

    static Stream<String> configurations() throws IOException {
        return blocks("sluice.yaml");
    }

    static Stream<String> values() throws IOException {
        return blocks("values.yaml");
    }

    static Stream<String> scrapes() throws IOException {
        return blocks("prometheus.yml");
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void theServerTakesTheConfiguration(String text) {
        LoadedConfig loaded = SluiceYaml.load(text, folder);

        assertThat(loaded.problems()).filteredOn(ConfigProblem::error).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("values")
    void theChartTakesTheValues(String values) {
        KubernetesSchema.check(CHART.render(values.contains("kafka:") ? "{}" : Chart.LEAST, values));
    }

    @ParameterizedTest
    @MethodSource("scrapes")
    void prometheusTakesTheConfiguration(String text) throws IOException {
        Promtool.assumeInstalled();
        Files.copy(Chart.SOURCE.resolve("files/alerts.yaml"), folder.resolve("alerts.yaml"));
        Chart.write(folder.resolve("prometheus.yml"), text);

        Promtool result = Promtool.run(folder, "check", "config", "prometheus.yml");

        assertThat(result.exit()).as(result.output()).isZero();
    }

    @Test
    void thePagesHaveSomethingOfEach() throws IOException {
        assertThat(configurations().count()).isGreaterThan(4);
        assertThat(values().count()).isGreaterThan(1);
        assertThat(scrapes().count()).isPositive();
    }

    /** A block that nobody reads here is one that nobody has tried. */
    @ParameterizedTest
    @MethodSource("pages")
    void everyBlockSaysWhoseItIs(Path page) {
        if (!page.endsWith("kubernetes.md")) {
            String text = Yaml.read(page);
            List<String> whose =
                    BLOCK.matcher(text).results().map(block -> block.group(1)).toList();

            assertThat(2L * whose.size())
                    .isEqualTo(ANY_BLOCK.matcher(text).results().count());
            assertThat(whose).isSubsetOf("sluice.yaml", "values.yaml", "prometheus.yml");
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyLinkLeadsSomewhere(Path page) {
        assertThat(LINK.matcher(Yaml.read(page)).results().map(link -> link.group(1)))
                .filteredOn(link -> !link.startsWith("http"))
                .allSatisfy(link -> assertThat(page.resolveSibling(link)).exists());
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyCommandExists(Path page) {
        String text = Yaml.read(page);

        assertThat(COMMAND.matcher(text).results().map(command -> command.group(1)))
                .isSubsetOf(COMMANDS);
        assertThat(TOOL.matcher(text).results().map(tool -> tool.group()).distinct())
                .allSatisfy(tool -> assertThat(Class.forName(tool)).hasDeclaredMethods("main"));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyMetricExists(Path page) {
        assertThat(Metrics.in(Yaml.read(page))).allSatisfy(Metrics::assertKnown);
    }
}
