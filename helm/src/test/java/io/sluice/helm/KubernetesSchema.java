package io.sluice.helm;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParseException;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Ingress;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PersistentVolumeClaim;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Whether objects are what their API takes: Kubernetes' own by its published schema, which refuses unknown fields, those
 * of others by the {@link Shape}s in {@code shapes.yaml}.
 */
final class KubernetesSchema {

    /** Reads an object: unknown fields, missing ones and wrong types are refused. */
    private interface Reader {
        Object read(String json) throws IOException;
    }

    private static final Map<String, Reader> OWN = Map.ofEntries(
            entry("v1/ConfigMap", V1ConfigMap::fromJson),
            entry("v1/Namespace", V1Namespace::fromJson),
            entry("v1/PersistentVolumeClaim", V1PersistentVolumeClaim::fromJson),
            entry("v1/Pod", V1Pod::fromJson),
            entry("v1/Service", V1Service::fromJson),
            entry("v1/ServiceAccount", V1ServiceAccount::fromJson),
            entry("apps/v1/Deployment", V1Deployment::fromJson),
            entry("autoscaling/v2/HorizontalPodAutoscaler", V2HorizontalPodAutoscaler::fromJson),
            entry("networking.k8s.io/v1/Ingress", V1Ingress::fromJson),
            entry("networking.k8s.io/v1/NetworkPolicy", V1NetworkPolicy::fromJson),
            entry("policy/v1/PodDisruptionBudget", V1PodDisruptionBudget::fromJson));

    private KubernetesSchema() {}

    /** What is wrong with an object; empty when nothing is. */
    static List<String> problems(Manifest manifest) {
        String api = manifest.apiVersion() + "/" + manifest.kind();
        Reader own = OWN.get(api);
        if (own != null) {
            try {
                own.read(manifest.json().toString());
                return List.of();
            } catch (IllegalArgumentException | JsonParseException | IOException e) {
                return List.of(String.valueOf(e.getMessage()));
            }
        }
        return Shape.of(api).problems(manifest.tree());
    }

    static void check(Manifests manifests) {
        assertThat(manifests.all()).isNotEmpty().allSatisfy(manifest -> assertThat(problems(manifest))
                .as(manifest.toString())
                .isEmpty());
    }
}
