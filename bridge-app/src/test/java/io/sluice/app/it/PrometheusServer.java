package io.sluice.app.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Prometheus, as its package installs it, in a process of its own that scrapes one target every second. */
final class PrometheusServer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Process process;
    private final int port = ChildSluice.freePort();
    private final HttpClient http = HttpClient.newHttpClient();

    /**
     * @param folder where its files are
     * @param rules the file of rules, evaluated every second
     * @param target the port on loopback that has {@code /metrics}
     */
    PrometheusServer(Path folder, Path rules, int target) throws IOException {
        Path config = Files.writeString(folder.resolve("prometheus.yml"), """
                global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
                rule_files: ["%s"]
                scrape_configs:
                  - job_name: sluice
                    static_configs:
                      - {targets: ["127.0.0.1:%d"], labels: {namespace: iot, pod: sluice-0}}
                """.formatted(rules, target));
        process = new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port,
                        "--log.level=warn")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("prometheus.log").toFile())
                .start();
        await().atMost(PATIENCE).ignoreExceptions().until(() -> send("/-/ready").statusCode() == 200);
    }

    /** Whether a program of Prometheus' package can be started here. */
    static boolean isInstalled(String program) throws InterruptedException {
        try {
            return new ProcessBuilder(program, "--version")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException absent) {
            return false;
        }
    }

    /** The states of the targets: up, down or unknown, and why. */
    List<String> health() {
        return list(at(get("/api/v1/targets"), "activeTargets")).stream()
                .map(target -> at(target, "health") + " " + at(target, "lastError"))
                .toList();
    }

    /** The values that an expression has now, by its series; one that Prometheus does not understand fails. */
    List<Double> query(String expression) {
        Object result = at(get("/api/v1/query?query=" + URLEncoder.encode(expression, UTF_8)), "result");
        List<Double> values = new ArrayList<>();
        for (Object sample : list(result)) {
            values.add(number(String.valueOf(list(at(sample, "value")).get(1))));
        }
        return values;
    }

    /** The values of a label among the series of a selector. */
    List<String> labels(String label, String selector) {
        Object values = get("/api/v1/label/" + label + "/values?match%5B%5D=" + URLEncoder.encode(selector, UTF_8));
        return list(values).stream().map(String::valueOf).toList();
    }

    /** The names of the alerts that fire. */
    Set<String> firing() {
        Set<String> names = new TreeSet<>();
        for (Object alert : list(at(get("/api/v1/alerts"), "alerts"))) {
            if ("firing".equals(at(alert, "state"))) {
                names.add(String.valueOf(at(at(alert, "labels"), "alertname")));
            }
        }
        return names;
    }

    /** What is wrong with the rules, by their names. */
    List<String> failingRules() {
        List<String> failing = new ArrayList<>();
        for (Object group : list(at(get("/api/v1/rules"), "groups"))) {
            for (Object rule : list(at(group, "rules"))) {
                if (!"ok".equals(at(rule, "health"))) {
                    failing.add(at(rule, "name") + ": " + at(rule, "lastError"));
                }
            }
        }
        return failing;
    }

    private Object get(String path) {
        HttpResponse<String> answer = send(path);
        assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isEqualTo(200);
        return at(json(answer.body()), "data");
    }

    /** JSON is YAML, and is read as such. */
    static Object json(String text) {
        Object tree = new Load(LoadSettings.builder().build()).loadFromString(text);
        return tree == null ? "" : tree;
    }

    private HttpResponse<String> send(String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static double number(String text) {
        return text.endsWith("Inf")
                ? text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY
                : Double.parseDouble(text);
    }

    static Object at(@Nullable Object tree, String key) {
        Object value = tree instanceof Map<?, ?> map ? map.get(key) : null;
        return value == null ? "" : value;
    }

    static List<?> list(Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }
}
