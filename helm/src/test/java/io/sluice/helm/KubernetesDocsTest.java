package io.sluice.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What people copy out of the page on Kubernetes works: blocks with an {@code apiVersion} are objects, the others are
 * values, which the chart renders on their own; the settings of commands are values, too.
 */
final class KubernetesDocsTest {

    private static final String PAGE = Yaml.read(Path.of("../docs/operating/kubernetes.md"));
    private static final Pattern BLOCK = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
    private static final Pattern SET = Pattern.compile("--set (\\S+?)=(\\S+)");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#]+)(#[^)]*)?\\)");

    private static final Chart CHART = Chart.withTestPod();

    static Stream<String> values() {
        return blocks().stream().filter(block -> !block.contains("apiVersion:"));
    }

    static Stream<String> objects() {
        return blocks().stream().filter(block -> block.contains("apiVersion:"));
    }

    /** Lines of a command, as they are typed: a backslash at the end joins two. */
    static Stream<String> installations() {
        return PAGE.replaceAll("\\\\\n\\s*", "")
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("helm install") && line.contains("--set"));
    }

    @ParameterizedTest
    @MethodSource("values")
    void theChartTakesTheValues(String values) {
        String least = values.contains("kafka:") ? "{}" : Chart.LEAST;

        KubernetesSchema.check(CHART.render(least, values));
    }

    @ParameterizedTest
    @MethodSource("objects")
    void theObjectsAreValid(String block) {
        List<Map<String, Object>> objects = Yaml.maps(block);

        assertThat(objects).isNotEmpty().allSatisfy(object -> assertThat(
                        KubernetesSchema.problems(new Manifest(object)))
                .isEmpty());
    }

    @ParameterizedTest
    @MethodSource("installations")
    void theChartTakesTheSettings(String command) {
        var template = CHART.helm()
                .template()
                .withName(Chart.RELEASE)
                .withNamespace(Chart.NAMESPACE)
                .withKubeVersion(Chart.KUBERNETES);
        Matcher setting = SET.matcher(command);
        while (setting.find()) {
            template.set(setting.group(1), setting.group(2));
        }

        KubernetesSchema.check(Manifests.of(template.call()));
    }

    @Test
    void thePageHasSomethingOfEach() {
        assertThat(values().count()).isGreaterThan(5);
        assertThat(objects().count()).isGreaterThan(1);
        assertThat(installations().count()).isGreaterThan(2);
    }

    @Test
    void everyLinkLeadsSomewhere() {
        List<String> dead = LINK.matcher(PAGE)
                .results()
                .map(link -> link.group(1))
                .filter(link -> !link.startsWith("http"))
                .filter(link -> !Files.exists(Path.of("../docs/operating").resolve(link)))
                .toList();

        assertThat(dead).isEmpty();
    }

    /** What is said of the drain is what the chart computes. */
    @Test
    void theDrainIsAsItIsSaid() {
        assertThat(PAGE.replace('\n', ' ')).contains("(110 s − 5 s) × 500/s = 52,500");
        assertThat(CHART.notes(Chart.LEAST)).contains("52500 clients per pod");
    }

    private static List<String> blocks() {
        List<String> blocks = new ArrayList<>();
        Matcher block = BLOCK.matcher(PAGE);
        while (block.find()) {
            blocks.add(block.group(1));
        }
        return blocks;
    }
}
