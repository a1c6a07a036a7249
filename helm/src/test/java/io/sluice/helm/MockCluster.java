package io.sluice.helm;

import com.google.gson.Gson;
import io.fabric8.kubernetes.client.server.mock.KubernetesMixedDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/** An API server that keeps what it is given, and knows the kinds that it is told. */
final class MockCluster implements AutoCloseable {

    private static final Gson GSON = new Gson();

    /** It would say every request; the reference keeps the level. */
    private static final Logger SERVER_LOG = Logger.getLogger(MockWebServer.class.getName());

    /** What every cluster has, by group and version. */
    private static final Map<String, List<String>> BUILT_IN = Map.of(
            "v1",
            List.of("Pod", "Service", "ConfigMap", "Secret", "ServiceAccount", "PersistentVolumeClaim", "Namespace"),
            "apps/v1",
            List.of("Deployment"),
            "autoscaling/v2",
            List.of("HorizontalPodAutoscaler"),
            "networking.k8s.io/v1",
            List.of("Ingress", "NetworkPolicy"),
            "policy/v1",
            List.of("PodDisruptionBudget"));

    private final Map<ServerRequest, Queue<ServerResponse>> responses = new HashMap<>();
    private final KubernetesMockServer server = new KubernetesMockServer(
            new Context(), new MockWebServer(), responses, new KubernetesMixedDispatcher(responses), false);

    private MockCluster(Map<String, List<String>> kinds) {
        SERVER_LOG.setLevel(Level.WARNING);
        server.init();
        expectDiscovery(kinds);
    }

    /** A cluster with these kinds beside Kubernetes' own: {@code monitoring.coreos.com/v1/ServiceMonitor}. */
    static MockCluster with(String... apis) {
        Map<String, List<String>> kinds = new LinkedHashMap<>(BUILT_IN);
        for (String api : apis) {
            int slash = api.lastIndexOf('/');
            kinds.computeIfAbsent(api.substring(0, slash), version -> new ArrayList<>())
                    .add(api.substring(slash + 1));
        }
        return new MockCluster(kinds);
    }

    private void expectDiscovery(Map<String, List<String>> kinds) {
        answer("/version", Map.of("major", "1", "minor", "31", "gitVersion", "v1.31.0"));
        answer("/api", Map.of("kind", "APIVersions", "versions", List.of("v1")));
        List<Object> groups = new ArrayList<>();
        kinds.forEach((version, names) -> {
            List<Object> resources = names.stream().map(MockCluster::resource).collect(Collectors.toList());
            answer(
                    version.equals("v1") ? "/api/v1" : "/apis/" + version,
                    Map.of("kind", "APIResourceList", "groupVersion", version, "resources", resources));
            if (!version.equals("v1")) {
                Map<String, Object> named =
                        Map.of("groupVersion", version, "version", version.substring(version.indexOf('/') + 1));
                groups.add(Map.of(
                        "name",
                        version.substring(0, version.indexOf('/')),
                        "versions",
                        List.of(named),
                        "preferredVersion",
                        named));
            }
        });
        answer("/apis", Map.of("kind", "APIGroupList", "apiVersion", "v1", "groups", groups));
    }

    private static Object resource(String kind) {
        String plural = plural(kind);
        return Map.of(
                "name",
                plural,
                "singularName",
                "",
                "kind",
                kind,
                "namespaced",
                !kind.equals("Namespace"),
                "verbs",
                List.of("create", "delete", "get", "list", "patch", "update", "watch"));
    }

    private static String plural(String kind) {
        String lower = kind.toLowerCase(java.util.Locale.ROOT);
        if (lower.endsWith("s")) {
            return lower + "es";
        }
        return lower.endsWith("y") ? lower.substring(0, lower.length() - 1) + "ies" : lower + "s";
    }

    private void answer(String path, Object body) {
        for (String query : List.of("", "?timeout=32s")) {
            server.expect()
                    .get()
                    .withPath(path + query)
                    .andReturn(200, GSON.toJson(body))
                    .always();
        }
    }

    /** How to reach it. */
    String kubeConfig() {
        return """
                apiVersion: v1
                kind: Config
                current-context: mock
                clusters: [{name: mock, cluster: {server: "http://127.0.0.1:%d"}}]
                contexts: [{name: mock, context: {cluster: mock, user: mock}}]
                users: [{name: mock, user: {token: none}}]
                """.formatted(server.getPort());
    }

    /** What was created until now, as it is kept. */
    Manifests created() throws IOException, InterruptedException {
        Set<String> collections = new TreeSet<>();
        RecordedRequest request = server.takeRequest(0, TimeUnit.SECONDS);
        while (request != null) {
            if (request.getMethod().equals("POST")) {
                collections.add(request.getPath().replaceFirst("\\?.*", ""));
            }
            request = server.takeRequest(0, TimeUnit.SECONDS);
        }
        List<Manifest> created = new ArrayList<>();
        for (String path : collections) {
            created.addAll(new Manifest(get(path))
                    .maps("items").stream().map(Manifest::new).toList());
        }
        return new Manifests(created);
    }

    private Map<String, Object> get(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.getPort() + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(path + ": " + response.statusCode());
        }
        return Yaml.map(response.body());
    }

    @Override
    public void close() {
        server.destroy();
    }
}
