package io.sluice.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The alerts as Prometheus itself evaluates them, of the PrometheusRule that the chart renders. */
final class PromtoolTest {

    private static final Chart CHART = Chart.copy("promtool");

    @TempDir
    Path folder = Path.of(".");

    @BeforeEach
    void isInstalled() {
        Promtool.assumeInstalled();
    }

    @Test
    void theRulesAreRules() {
        Promtool.write(folder, CHART.render(Chart.LEAST, AlertsTest.ON).one("PrometheusRule"));

        assertThat(Promtool.run(folder, "check", "rules", "--lint-fatal", "alerts.yaml"))
                .satisfies(result -> assertThat(result.output()).contains("SUCCESS: 22 rules found"))
                .returns(0, Promtool::exit);
    }

    @Test
    void theAlertsFireWhenTheyShould() {
        Promtool.write(folder, CHART.render(Chart.LEAST, AlertsTest.ON).one("PrometheusRule"));

        Promtool result = Promtool.run(folder, "test", "rules", "alerts.test.yaml");

        assertThat(result.exit()).as(result.output()).isZero();
    }

    /** What is tested is what the chart renders: with another threshold the test of this alert fails. */
    @Test
    void aWrongThresholdIsSeen() {
        Promtool.write(
                folder,
                CHART.render(
                                Chart.LEAST,
                                AlertsTest.ON,
                                "metrics: {prometheusRule: {thresholds: {tailLagSeconds: 31}}}")
                        .one("PrometheusRule"));

        Promtool result = Promtool.run(folder, "test", "rules", "alerts.test.yaml");

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.output()).contains("SluiceTailLag").doesNotContain("SluiceMassDisconnect");
    }
}
