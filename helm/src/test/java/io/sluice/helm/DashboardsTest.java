package io.sluice.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The dashboards in the chart; that Grafana's own types take them is seen by {@code src/test/grafana}. */
final class DashboardsTest {

    private static final Path FOLDER = Chart.SOURCE.resolve("files/dashboards");
    private static final Pattern LEGEND_LABEL = Pattern.compile("\\{\\{(\\w+)}}");
    private static final Pattern VARIABLE = Pattern.compile("\"\\$(\\w+)\"");

    /** A dashboard by the name of its file. */
    private record Board(String name) {

        Map<String, Object> tree() {
            return Yaml.map(FOLDER.resolve(name));
        }

        List<Map<String, Object>> panels() {
            return Yaml.list(tree().get("panels")).stream().map(Yaml::asMap).toList();
        }

        /** Those of the panels and of the annotations. */
        List<String> queries() {
            List<String> queries = new ArrayList<>();
            for (Map<String, Object> panel : panels()) {
                for (Object target : Yaml.list(panel.getOrDefault("targets", List.of()))) {
                    queries.add(String.valueOf(Yaml.at(target, "expr")));
                }
            }
            Yaml.list(Yaml.at(tree(), "annotations.list"))
                    .forEach(annotation -> queries.add(String.valueOf(Yaml.at(annotation, "expr"))));
            return queries;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Board> boards() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> new Board(file.getFileName().toString())).toList().stream();
        }
    }

    private static final String ON = """
            metrics:
              dashboards: {enabled: true, namespace: grafana, label: l, labelValue: v, annotations: {a: b}, folder: F}
            """;

    @Test
    void theFilesOfTheChartAreInAConfigMap() {
        Chart chart = Chart.copy("dashboards");
        Chart.write(chart.folder().resolve("files/dashboards/extra.json"), "{\"title\": \"{{ $labels.x }}\"}\n");

        Manifest map = chart.render(Chart.LEAST, ON).get("ConfigMap/r-sluice-dashboards");

        assertThat(map.at("data.\"extra.json\"")).isEqualTo("{\"title\": \"{{ $labels.x }}\"}\n");
        assertThat(map.at("metadata.namespace")).isEqualTo("grafana");
        assertThat(map.at("metadata.labels.l")).isEqualTo("v");
        assertThat(map.at("metadata.annotations.a")).isEqualTo("b");
        assertThat(map.at("metadata.annotations.grafana_folder")).isEqualTo("F");
        assertThat(KubernetesSchema.problems(map)).isEmpty();
        assertThat(map.map("data")).containsOnlyKeys("extra.json", "sluice.json", "sluice-rule.json");
        assertThat(map.at("data.\"sluice.json\"")).isEqualTo(Yaml.read(FOLDER.resolve("sluice.json")));
        assertThat(chart.render(Chart.LEAST).names()).doesNotContain("dashboards");
    }

    @ParameterizedTest
    @MethodSource("boards")
    void everyQueryIsOfMetricsThatExist(Board board) {
        assertThat(board.queries())
                .hasSizeGreaterThan(8)
                .allSatisfy(query ->
                        assertThat(Metrics.in(query)).as(query).isNotEmpty().allSatisfy(Metrics::assertExists));
    }

    @ParameterizedTest
    @MethodSource("boards")
    void whatLegendsSayIsALabelOfTheMetric(Board board) {
        for (Map<String, Object> panel : board.panels()) {
            for (Object target : Yaml.list(panel.getOrDefault("targets", List.of()))) {
                String query = String.valueOf(Yaml.at(target, "expr"));
                LEGEND_LABEL
                        .matcher(String.valueOf(Yaml.at(target, "legendFormat")))
                        .results()
                        .map(label -> label.group(1))
                        .forEach(label -> assertThat(Metrics.in(query))
                                .as("%s has %s", query, label)
                                .anyMatch(metric -> Metrics.hasLabel(metric, label)));
            }
        }
    }

    /** A query without the variables shows somebody else's pods. */
    @ParameterizedTest
    @MethodSource("boards")
    void everyQueryIsOfWhatIsChosen(Board board) {
        List<String> names = Yaml.list(Yaml.at(board.tree(), "templating.list")).stream()
                .map(variable -> String.valueOf(Yaml.at(variable, "name")))
                .toList();
        assertThat(board.queries()).allSatisfy(query -> {
            assertThat(count(query, "\\{[^}]*namespace=~\"\\$namespace\""))
                    .as(query)
                    .isEqualTo(count(query, "(sluice|kafka|netty|jvm|process|system)_[a-z0-9_]+(?=\\{)"))
                    .isPositive();
            assertThat(VARIABLE.matcher(query).results().map(variable -> variable.group(1)))
                    .isSubsetOf(names);
        });
        assertThat(board.panels())
                .filteredOn(panel -> !"row".equals(panel.get("type")))
                .allSatisfy(
                        panel -> assertThat(Yaml.at(panel, "datasource.uid")).isEqualTo("${datasource}"));
    }

    @ParameterizedTest
    @MethodSource("boards")
    void noPanelIsOnAnotherNorHasItsId(Board board) {
        Map<String, String> cells = new HashMap<>();
        for (Map<String, Object> panel : board.panels()) {
            String title = String.valueOf(panel.get("title"));
            int x = number(panel, "x");
            int y = number(panel, "y");
            assertThat(x + number(panel, "w")).as(title).isLessThanOrEqualTo(24);
            for (int row = y; row < y + number(panel, "h"); row++) {
                for (int column = x; column < x + number(panel, "w"); column++) {
                    assertThat(cells.put(column + "," + row, title))
                            .as("under %s", title)
                            .isNull();
                }
            }
        }
        assertThat(board.panels().stream().map(panel -> panel.get("id"))).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("boards")
    void everyPanelSaysWhatItShows(Board board) {
        assertThat(board.panels())
                .filteredOn(panel -> !"row".equals(panel.get("type")))
                .allSatisfy(panel -> {
                    assertThat(String.valueOf(panel.get("description"))).hasSizeGreaterThan(8);
                    assertThat(Yaml.at(panel, "fieldConfig.defaults.unit") != null
                                    || Yaml.at(panel, "options.yAxis.unit") != null)
                            .as("%s has a unit", panel.get("title"))
                            .isTrue();
                });
    }

    @Test
    void theDashboardHasSevenRows() {
        assertThat(rows(new Board("sluice.json")))
                .containsExactly(
                        "Overview",
                        "Connections",
                        "In: device to Kafka",
                        "Out: Kafka to subscribers",
                        "Sessions",
                        "Kafka",
                        "Runtime");
        assertThat(Yaml.list(Yaml.at(new Board("sluice.json").tree(), "templating.list")))
                .extracting(variable -> Yaml.at(variable, "name"))
                .containsExactly("datasource", "namespace", "pod", "listener", "rule");
    }

    private static List<Object> rows(Board board) {
        return board.panels().stream()
                .filter(panel -> "row".equals(panel.get("type")))
                .map(panel -> panel.get("title"))
                .toList();
    }

    private static int number(Map<String, Object> panel, String key) {
        return ((Number) Objects.requireNonNull(Yaml.at(panel, "gridPos." + key))).intValue();
    }

    private static long count(String text, String pattern) {
        return Pattern.compile(pattern).matcher(text).results().count();
    }
}
