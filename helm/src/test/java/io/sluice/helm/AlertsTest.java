package io.sluice.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The alerts as Prometheus reads them from the file, and as the chart makes a PrometheusRule of them. */
final class AlertsTest {

    private static final Chart CHART = Chart.copy("alerts");
    private static final String FILE = Yaml.read(Chart.SOURCE.resolve("files/alerts.yaml"));
    private static final Pattern THRESHOLD =
            Pattern.compile("([0-9.]+) # threshold: ([A-Za-z0-9]+)$", Pattern.MULTILINE);
    private static final Path RUNBOOKS = Path.of("../docs/operating/runbooks");
    static final String ON = "metrics: {prometheusRule: {enabled: true, capacity: true}}";

    static Stream<String> alerts() {
        return rules().stream()
                .filter(rule -> rule.containsKey("alert"))
                .map(rule -> String.valueOf(rule.get("alert")));
    }

    static Stream<String> thresholds() {
        return THRESHOLD.matcher(FILE).results().map(match -> match.group(2));
    }

    @ParameterizedTest
    @MethodSource("thresholds")
    void aThresholdIsSetByItsName(String name) {
        String before =
                CHART.render(Chart.LEAST, ON).one("PrometheusRule").tree().toString();
        String after = CHART.render(Chart.LEAST, ON, "metrics: {prometheusRule: {thresholds: {" + name + ": 123.5}}}")
                .one("PrometheusRule")
                .tree()
                .toString();

        assertThat(after).contains(" 123.5 # threshold: " + name);
        assertThat(after.replaceFirst("123\\.5 # threshold: " + name, "")).doesNotContain("123.5");
        assertThat(before).doesNotContain("123.5");
    }

    @Test
    void everyThresholdHasANameOfItsOwn() {
        assertThat(thresholds()).hasSize(16).doesNotHaveDuplicates();
    }

    /** An expression with a number at its end that no name goes with is one that nobody can change. */
    @Test
    void everyComparisonWithANumberHasAName() {
        List<String> lines = FILE.lines()
                .filter(line ->
                        line.matches(".*[<>] *[0-9.]+ *(\\* *[0-9.]+)? *(#.*)?$") && !line.contains("# threshold: "))
                .map(String::strip)
                .toList();

        assertThat(lines)
                .containsExactlyInAnyOrder(
                        "expr: sum by (namespace) (increase(sluice_session_lost_records_total[15m])) > 0",
                        "unless on (namespace) max by (namespace) (sluice_draining) > 0");
    }

    @Test
    void theRuleIsTheFile() {
        Object inChart = CHART.render(Chart.LEAST, ON).one("PrometheusRule").at("spec.groups");

        assertThat(inChart).isEqualTo(Yaml.map(FILE).get("groups"));
    }

    @Test
    void everyAlertHasASeverityASummaryAndARunbook() {
        for (Map<String, Object> rule : rules()) {
            if (rule.containsKey("alert")) {
                String name = String.valueOf(rule.get("alert"));
                assertThat(Yaml.at(rule, "labels.severity")).as(name).isIn("critical", "warning");
                assertThat(String.valueOf(Yaml.at(rule, "annotations.summary")))
                        .as(name)
                        .hasSizeGreaterThan(20);
                assertThat(String.valueOf(Yaml.at(rule, "annotations.runbook_url")))
                        .endsWith("/docs/operating/runbooks/" + name + ".md");
            }
        }
        assertThat(alerts()).hasSize(20).doesNotHaveDuplicates();
    }

    /** A metric that is not there makes an alert that never fires, or a dashboard that is empty. */
    @Test
    void everyMetricExists() {
        assertThat(Metrics.in(FILE.replaceAll("#.*", "")))
                .hasSizeGreaterThan(20)
                .allSatisfy(Metrics::assertExists);
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void anAlertIsTestedAsItFiresAndAsItIsQuiet(String name) {
        List<Integer> firing = Promtool.tests().stream()
                .flatMap(test -> Yaml.list(test.get("alert_rule_test")).stream())
                .filter(test -> name.equals(Yaml.at(test, "alertname")))
                .map(test -> Yaml.list(Yaml.at(test, "exp_alerts")).size())
                .toList();

        assertThat(firing)
                .as("alerts that fire in each of its tests")
                .contains(0)
                .anyMatch(count -> count > 0);
    }

    /** A runbook is: what it means, what devices feel, three checks, what to do. */
    @ParameterizedTest
    @MethodSource("alerts")
    void anAlertHasARunbook(String name) {
        String page = Yaml.read(RUNBOOKS.resolve(name + ".md"));

        assertThat(page.lines().filter(line -> line.startsWith("#")))
                .containsExactly("# " + name, "## Meaning", "## Effect on devices", "## Checks", "## Fix");
        assertThat(page.substring(page.indexOf("## Checks"), page.indexOf("## Fix"))
                        .lines()
                        .filter(line -> line.matches("[0-9]\\. .*")))
                .as("checks")
                .hasSize(3);
        assertThat(Metrics.in(page)).allSatisfy(Metrics::assertKnown);
    }

    @Test
    void noRunbookIsOfAnAlertThatIsNotThere() throws IOException {
        try (Stream<Path> pages = Files.list(RUNBOOKS)) {
            assertThat(pages.map(page -> page.getFileName().toString().replace(".md", "")))
                    .containsExactlyInAnyOrderElementsOf(alerts().toList());
        }
    }

    @Test
    void theComparisonsAreReadAsNumbers() {
        assertThat(THRESHOLD.matcher(FILE).results().map(MatchResult::group))
                .contains("10 # threshold: tailLagSeconds", "0.7 # threshold: massDisconnectShareLeft");
    }

    private static List<Map<String, Object>> rules() {
        List<?> groups = (List<?>) Objects.requireNonNull(Yaml.map(FILE).get("groups"));
        return groups.stream()
                .flatMap(group -> ((List<?>) Objects.requireNonNull(Yaml.at(group, "rules"))).stream())
                .map(Yaml::asMap)
                .toList();
    }
}
