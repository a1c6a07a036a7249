package io.sluice.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.app.cli.SluiceCommand;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What holds for all that the chart makes, whatever the values. */
final class ManifestsTest {

    private static final Chart CHART = Chart.withTestPod();

    static Stream<Path> supported() {
        return Chart.supported().stream();
    }

    @Test
    void theSupportedInstallationsAreThere() {
        assertThat(supported().map(file -> file.getFileName().toString()))
                .containsExactly(
                        "default-values.yaml",
                        "embedded-values.yaml",
                        "everything-on-values.yaml",
                        "openshift-values.yaml",
                        "strimzi-values.yaml",
                        "tls-certmanager-values.yaml");
    }

    @ParameterizedTest
    @MethodSource("supported")
    void everyObjectIsValid(Path values) {
        KubernetesSchema.check(CHART.render(List.of(values)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {apiVersion: v1, kind: Service, metadata: {name: a}, spec: {port: []}}  | port
            {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{image: x}]}} | name
            {apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {replicas: two, selector: {}, template: {}}} | two
            {apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: {name: a}, spec: {triggers: []}} | .spec.scaleTargetRef: missing
            {apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: {name: a}, spec: {scaleTargetRef: {name: b}, triggers: [{typ: x, metadata: {}}]}} | .spec.triggers[0].typ: unknown
            {apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: a}, spec: {secretName: 1, issuerRef: {name: b}}} | .spec.secretName: 1 (expected: string)
            {apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: a}, spec: {secretName: s, issuerRef: {name: b}, usages: [any]}} | .spec.usages[0]: any (expected: digital signature
            """)
    void aWrongObjectIsSeen(String object, String problem) {
        assertThat(KubernetesSchema.problems(new Manifest(Yaml.map(object))))
                .anySatisfy(found -> assertThat(found).contains(problem));
    }

    @ParameterizedTest
    @MethodSource("supported")
    void everyObjectHasTheLabels(Path values) {
        assertThat(CHART.render(List.of(values)).all())
                .filteredOn(manifest -> !manifest.name().endsWith("-extra"))
                .allSatisfy(manifest -> assertThat(manifest.map("metadata.labels"))
                        .containsEntry("app.kubernetes.io/name", "sluice")
                        .containsEntry("app.kubernetes.io/instance", Chart.RELEASE)
                        .containsEntry("app.kubernetes.io/version", "0.1.0")
                        .containsEntry("app.kubernetes.io/part-of", "sluice")
                        .containsEntry("app.kubernetes.io/managed-by", "Helm")
                        .containsKeys("app.kubernetes.io/component", "helm.sh/chart"));
    }

    @ParameterizedTest
    @MethodSource("supported")
    void noTwoObjectsHaveTheSameName(Path values) {
        List<String> names = CHART.render(List.of(values)).all().stream()
                .map(manifest -> manifest.apiVersion() + " " + manifest)
                .toList();

        assertThat(names).doesNotHaveDuplicates();
    }

    /** A subPath never sees a Secret or a ConfigMap that changes. */
    @ParameterizedTest
    @MethodSource("supported")
    void nothingIsMountedBySubPath(Path values) {
        assertThat(CHART.render(List.of(values)).all())
                .allSatisfy(manifest -> assertThat(manifest.tree().toString()).doesNotContain("subPath"));
    }

    /** All that is mounted is a volume, and all volumes are mounted. */
    @ParameterizedTest
    @MethodSource("supported")
    void volumesAndMountsBelongTogether(Path values) {
        Manifest deployment = CHART.render(List.of(values)).one("Deployment");

        List<Object> mounts = names(deployment.maps("spec.template.spec.containers[0].volumeMounts"));
        List<Object> volumes = names(deployment.maps("spec.template.spec.volumes"));
        assertThat(mounts).containsExactlyInAnyOrderElementsOf(volumes);
        assertThat(deployment.maps("spec.template.spec.containers[0].volumeMounts"))
                .extracting(mount -> mount.get("mountPath"))
                .doesNotHaveDuplicates();
    }

    /** The names of all kinds of pods: the test's pod must be no endpoint of a Service. */
    @ParameterizedTest
    @MethodSource("supported")
    void whatSelectsPodsSelectsThoseOfTheServerAlone(Path values) {
        Manifests manifests = CHART.render(List.of(values));
        Map<String, Object> server = manifests.one("Deployment").map("spec.template.metadata.labels");
        Map<String, Object> test = manifests.one("Pod").map("metadata.labels");

        List<Map<String, Object>> selectors = new ArrayList<>();
        for (Manifest manifest : manifests.all()) {
            switch (manifest.kind()) {
                case "Service" -> selectors.add(manifest.map("spec.selector"));
                case "PodDisruptionBudget", "Deployment" -> selectors.add(manifest.map("spec.selector.matchLabels"));
                case "NetworkPolicy" -> selectors.add(manifest.map("spec.podSelector.matchLabels"));
                default -> {
                    // Selects no pods.
                }
            }
        }

        assertThat(selectors).hasSizeGreaterThan(3).allSatisfy(labels -> {
            assertThat(server).containsAllEntriesOf(labels);
            assertThat(test.entrySet().containsAll(labels.entrySet()))
                    .as("test")
                    .isFalse();
        });
    }

    /** A selector cannot be changed afterwards: nothing in it may change with a version. */
    @Test
    void selectorsNeverChangeWithAVersion() {
        assertThat(CHART.render(Chart.LEAST).one("Deployment").at("spec.selector.matchLabels"))
                .isEqualTo(Map.of(
                        "app.kubernetes.io/name", "sluice",
                        "app.kubernetes.io/instance", Chart.RELEASE,
                        "app.kubernetes.io/component", "server"));
    }

    @Test
    void aChangeOfTheConfigurationRollsThePods() {
        String path = "spec.template.metadata.annotations.\"checksum/config\"";

        Object before = CHART.render(Chart.LEAST).one("Deployment").at(path);
        Object same =
                CHART.render(Chart.LEAST, "replicaCount: 5").one("Deployment").at(path);
        Object after = CHART.render(Chart.LEAST, "config: {mqtt: {retained: false}}")
                .one("Deployment")
                .at(path);

        assertThat(before).isNotNull().isEqualTo(same).isNotEqualTo(after);
    }

    @Test
    void anInstallationWithAnExternalKafkaKeepsNoData() {
        Manifest deployment = CHART.render(Chart.LEAST).one("Deployment");

        assertThat(names(deployment.maps("spec.template.spec.volumes"))).containsExactly("config", "tmp");
    }

    /** The image's entry point is the command line: what it is given there is understood. */
    @ParameterizedTest
    @MethodSource("supported")
    void theArgumentsAreThoseOfTheCommandLine(Path values) {
        Manifests manifests = CHART.render(List.of(values));
        CommandLine commandLine = SluiceCommand.commandLine(Map.of(), (config, configFiles) -> {
            throw new AssertionError("started");
        });

        assertThat(command(commandLine, manifests.one("Deployment").at("spec.template.spec.containers[0].args")))
                .isEqualTo("run");
        assertThat(command(commandLine, manifests.one("Pod").at("spec.containers[0].args")))
                .isEqualTo("probe");
    }

    private static String command(CommandLine commandLine, @Nullable Object arguments) {
        String[] typed = ((List<?>) Objects.requireNonNull(arguments))
                .stream().map(String::valueOf).toArray(String[]::new);
        return commandLine.parseArgs(typed).subcommand().commandSpec().name();
    }

    @Test
    void theTestIsAHookOfHelm() {
        assertThat(Yaml.read(Chart.SOURCE.resolve("templates/tests/probe.yaml")))
                .contains("    helm.sh/hook: test\n")
                .contains("    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded\n");
    }

    private static List<Object> names(List<Map<String, Object>> items) {
        return items.stream().map(item -> item.get("name")).toList();
    }
}
