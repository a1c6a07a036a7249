package io.sluice.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.Release;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Helm installs the chart into an API server, which says what kinds it has. */
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class InstallTest {

    private static final String[] ALL = {
        "monitoring.coreos.com/v1/ServiceMonitor",
        "monitoring.coreos.com/v1/PrometheusRule",
        "keda.sh/v1alpha1/ScaledObject",
        "cert-manager.io/v1/Certificate",
        "gateway.networking.k8s.io/v1/HTTPRoute",
        "gateway.networking.k8s.io/v1alpha2/TLSRoute"
    };

    static Stream<Path> supported() {
        return Chart.supported().stream();
    }

    @ParameterizedTest
    @MethodSource("supported")
    void everythingIsCreated(Path values) throws Exception {
        try (MockCluster cluster = MockCluster.with(ALL)) {
            String name = "r-" + values.getFileName().toString().replace("-values.yaml", "");

            Release release = install(cluster, name, values);

            assertThat(release.getStatus()).isEqualTo("deployed");
            assertThat(cluster.created().all().stream().map(manifest -> manifest.kind()))
                    .containsExactlyInAnyOrderElementsOf(kinds(values));
        }
    }

    private static List<String> kinds(Path values) {
        return Chart.copy("installed").render(List.of(values)).all().stream()
                .map(Manifest::kind)
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            metrics: {monitor: {enabled: true}}                   | metrics.monitor.enabled: true, but the cluster does not know monitoring.coreos.com/v1/ServiceMonitor (expected: its custom resource definitions installed first, or metrics.monitor.enabled=false)
            metrics: {monitor: {enabled: true, type: PodMonitor}} | metrics.monitor.enabled: true, but the cluster does not know monitoring.coreos.com/v1/PodMonitor
            metrics: {prometheusRule: {enabled: true}}            | metrics.prometheusRule.enabled: true, but the cluster does not know monitoring.coreos.com/v1/PrometheusRule
            keda: {enabled: true, triggers: [{type: cpu, metadata: {value: x}}]} | keda.enabled: true, but the cluster does not know keda.sh/v1alpha1/ScaledObject
            gateway: {httpRoute: {enabled: true, parentRefs: [{name: g}]}} | gateway.httpRoute.enabled: true, but the cluster does not know gateway.networking.k8s.io/v1/HTTPRoute
            listeners: {mqtts: {enabled: true, tls: {certManager: {enabled: true, issuerRef: {name: i}}}}} | listeners.mqtts.tls.certManager.enabled: true, but the cluster does not know cert-manager.io/v1/Certificate
            """)
    void aClusterWithoutTheDefinitionsIsToldBefore(String values, String message) throws Exception {
        try (MockCluster cluster = MockCluster.with()) {
            assertThatThrownBy(() -> install(cluster, "refused", Chart.file(Chart.LEAST), Chart.file(values)))
                    .hasMessageContaining(message);

            assertThat(cluster.created().all()).isEmpty();
        }
    }

    private static Release install(MockCluster cluster, String name, Path... values) {
        var install = new Helm(Chart.SOURCE)
                .install()
                .withName(name)
                .withNamespace(Chart.NAMESPACE)
                .withKubeConfigContents(cluster.kubeConfig())
                .disableOpenApiValidation();
        Stream.of(values).forEach(install::withValuesFile);
        return install.call();
    }
}
