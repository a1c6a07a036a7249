package io.sluice.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Our pods fit into a namespace that enforces Kubernetes' restricted Pod Security Standard, which is gone through here. */
final class PodSecurityTest {

    private static final Chart CHART = Chart.withTestPod();

    /** Volumes that the standard allows. */
    private static final Set<String> VOLUMES = Set.of(
            "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret");

    static Stream<Path> supported() {
        return Chart.supported().stream();
    }

    @ParameterizedTest
    @MethodSource("supported")
    void thePodsAreRestricted(Path values) {
        Manifests manifests = CHART.render(List.of(values));

        assertThat(violations(manifests.one("Deployment").map("spec.template.spec")))
                .isEmpty();
        assertThat(violations(manifests.one("Pod").map("spec"))).isEmpty();
    }

    /** More than the standard asks for. */
    @ParameterizedTest
    @MethodSource("supported")
    void thePodsAreStricterThanTheStandard(Path values) {
        Manifests manifests = CHART.render(List.of(values));

        for (Map<String, Object> pod : List.of(
                manifests.one("Deployment").map("spec.template.spec"),
                manifests.one("Pod").map("spec"))) {
            assertThat(Yaml.at(pod, "automountServiceAccountToken")).isEqualTo(false);
            assertThat(Yaml.at(pod, "enableServiceLinks")).isEqualTo(false);
            assertThat(Yaml.at(pod, "containers[0].securityContext.readOnlyRootFilesystem"))
                    .isEqualTo(true);
        }
    }

    /** The image's user has group 0, as OpenShift gives it to the user that it chooses. */
    @Test
    void theUserIsTheImagesUnlessTheNamespaceChooses() {
        Object byDefault = context(CHART.render(Chart.LEAST));
        Object onOpenShift = context(CHART.render(List.of(Chart.SOURCE.resolve("ci/openshift-values.yaml"))));

        assertThat(byDefault)
                .isEqualTo(Map.of(
                        "runAsNonRoot",
                        true,
                        "runAsUser",
                        10001,
                        "runAsGroup",
                        0,
                        "fsGroup",
                        10001,
                        "seccompProfile",
                        Map.of("type", "RuntimeDefault")));
        assertThat(onOpenShift)
                .isEqualTo(Map.of("runAsNonRoot", true, "seccompProfile", Map.of("type", "RuntimeDefault")));
    }

    @Test
    void aViolationIsSeen() {
        Manifests manifests = CHART.render(Chart.LEAST, """
                podSecurityContext: {runAsNonRoot: false, runAsUser: 0, seccompProfile: {type: Unconfined}}
                containerSecurityContext: {privileged: true, allowPrivilegeEscalation: true, capabilities: {drop: [], add: [SYS_ADMIN]}}
                extraVolumes: [{name: host, hostPath: {path: /}}]
                """);

        assertThat(violations(manifests.one("Deployment").map("spec.template.spec")))
                .containsExactlyInAnyOrder(
                        "runAsNonRoot",
                        "runAsUser",
                        "seccompProfile",
                        "privileged",
                        "allowPrivilegeEscalation",
                        "capabilities.drop",
                        "capabilities.add",
                        "volume host");
    }

    private static @Nullable Object context(Manifests manifests) {
        return manifests.one("Deployment").at("spec.template.spec.securityContext");
    }

    /** The fields of the standard that the first container of a pod, or the pod, has wrong. */
    private static List<String> violations(Map<String, Object> pod) {
        List<String> violations = new ArrayList<>();
        for (String field : List.of("hostNetwork", "hostPID", "hostIPC", "hostUsers")) {
            require(violations, field, pod.get(field) == null);
        }
        String container = "containers[0].securityContext.";
        require(violations, "runAsNonRoot", Boolean.TRUE.equals(Yaml.at(pod, "securityContext.runAsNonRoot")));
        require(violations, "runAsUser", !Integer.valueOf(0).equals(Yaml.at(pod, "securityContext.runAsUser")));
        require(
                violations,
                "seccompProfile",
                "RuntimeDefault".equals(Yaml.at(pod, "securityContext.seccompProfile.type")));
        require(violations, "privileged", !Boolean.TRUE.equals(Yaml.at(pod, container + "privileged")));
        require(
                violations,
                "allowPrivilegeEscalation",
                Boolean.FALSE.equals(Yaml.at(pod, container + "allowPrivilegeEscalation")));
        require(violations, "capabilities.drop", List.of("ALL").equals(Yaml.at(pod, container + "capabilities.drop")));
        require(violations, "capabilities.add", Yaml.at(pod, container + "capabilities.add") == null);
        for (String field : List.of("seLinuxOptions", "procMount", "sysctls", "windowsOptions")) {
            require(violations, field, Yaml.at(pod, container + field) == null);
            require(violations, field, Yaml.at(pod, "securityContext." + field) == null);
        }
        for (Object volume : (List<?>) Objects.requireNonNull(pod.get("volumes"))) {
            Map<String, Object> fields = Yaml.asMap(volume);
            require(
                    violations,
                    "volume " + fields.get("name"),
                    fields.keySet().stream().allMatch(field -> field.equals("name") || VOLUMES.contains(field)));
        }
        return violations;
    }

    private static void require(List<String> violations, String field, boolean isMet) {
        if (!isMet) {
            violations.add(field);
        }
    }
}
