package io.sluice.app.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.app.BuildInfo;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;

final class ManagementServerTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final PrometheusMeterRegistry registry = new HistogramRegistry();
    private final LoopResources loops = LoopResources.create("test-management", 1, true);
    private final Scheduler pages = Schedulers.newBoundedElastic(1, 100, "test-pages");
    private final ManualLoop loop = new ManualLoop();
    private final Health health = new Health(LoopWatch.start(List.of(loop), registry, loop::nanoTime));
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private ManagementServer.Reloaded reloaded = new ManagementServer.Reloaded(true, "in force");
    private AutoCloseable binders = () -> {};
    private ManagementServer server = bind();

    @BeforeEach
    void bindMeters() {
        binders = ProcessMeters.bindTo(registry, new BuildInfo("1.2.3", "abc"));
    }

    @AfterEach
    void stop() throws Exception {
        binders.close();
        server.stop().block(TIMEOUT);
        pages.dispose();
        loops.disposeLater(Duration.ZERO, TIMEOUT).block(TIMEOUT);
        registry.close();
    }

    @Test
    void probesFollowHealth() throws Exception {
        assertThat(get("/live").statusCode()).isEqualTo(200);
        assertThat(get("/ready").statusCode()).isEqualTo(503);
        assertThat(get("/ready").body()).isEqualTo("listeners are not bound yet; state is not restored yet\n");

        health.onListenersBound();
        health.onStateRestored();
        loop.stick();
        loop.advance(Duration.ofSeconds(11));

        assertThat(get("/ready").statusCode()).isEqualTo(200);
        assertThat(get("/live").statusCode()).isEqualTo(503);
    }

    @Test
    void healthHasAnEntryPerComponent() throws Exception {
        health.report("kafka", Health.Status.DEGRADED, "1 of \"3\"");

        HttpResponse<String> response = get("/health");

        assertThat(response.headers().firstValue("content-type")).hasValue("application/json; charset=utf-8");
        assertThat(response.body())
                .isEqualTo("{\"live\":true,\"ready\":false,\"components\":{"
                        + "\"event-loops\":{\"status\":\"up\",\"detail\":\"1 answer\"},"
                        + "\"kafka\":{\"status\":\"degraded\",\"detail\":\"1 of \\\"3\\\"\"},"
                        + "\"listeners\":{\"status\":\"starting\",\"detail\":\"not bound yet\"},"
                        + "\"state\":{\"status\":\"starting\",\"detail\":\"being restored\"}}}\n");
    }

    @Test
    void metricsAreTextAndOpenMetricsByAccept() throws Exception {
        HttpResponse<String> text = get("/metrics");
        HttpResponse<String> open = send(
                request("/metrics").header("Accept", "application/openmetrics-text; version=1.0.0, text/plain;q=0.5"));

        assertThat(text.headers().firstValue("content-type"))
                .hasValueSatisfying(t -> assertThat(t).startsWith("text/plain; version=0.0.4"));
        assertThat(text.body())
                .contains("sluice_build_info{")
                .contains("revision=\"abc\"")
                .contains("# HELP sluice_event_loop_delay_seconds")
                .contains("sluice_event_loop_delay_seconds_bucket{le=\"0.001\"} 0")
                .contains("jvm_memory_used_bytes")
                .doesNotContain("# EOF");
        assertThat(open.headers().firstValue("content-type"))
                .hasValueSatisfying(t -> assertThat(t).startsWith("application/openmetrics-text"));
        assertThat(open.body()).endsWith("# EOF\n");
    }

    @Test
    void aLogLevelIsChangedFromThisMachineAndByNoPage() throws Exception {
        String logger = "io.sluice.app.management.example";
        URI one = URI.create("http://127.0.0.1:" + server.address().getPort() + "/log/levels?logger=" + logger);

        HttpResponse<String> set =
                send(HttpRequest.newBuilder(URI.create(one + "&level=debug")).PUT(BodyPublishers.noBody()));
        assertThat(set.statusCode()).isEqualTo(200);
        assertThat(set.body()).contains(logger + " debug\n");
        assertThat(LoggerFactory.getLogger(logger).isDebugEnabled()).isTrue();

        HttpResponse<String> page = send(HttpRequest.newBuilder(URI.create(one + "&level=trace"))
                .header("Origin", "http://evil.example")
                .PUT(BodyPublishers.noBody()));
        assertThat(page.statusCode()).isEqualTo(403);

        HttpResponse<String> wrong =
                send(HttpRequest.newBuilder(URI.create(one + "&level=loud")).PUT(BodyPublishers.noBody()));
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).contains("\"loud\"").contains("expected: one of error, warn");

        send(HttpRequest.newBuilder(one).PUT(BodyPublishers.noBody()));
        assertThat(get("/log/levels").body()).doesNotContain(logger).contains("io.sluice info\n");
    }

    @Test
    void filesAreReadAgainByAPost() throws Exception {
        HttpResponse<String> well = send(request("/api/v1/config/reload").POST(BodyPublishers.noBody()));
        assertThat(well.statusCode()).isEqualTo(200);
        assertThat(well.body()).isEqualTo("in force\n");

        reloaded = new ManagementServer.Reloaded(false, "needs a restart: \"kafka\"");
        HttpResponse<String> failed = send(request("/api/v1/config/reload").POST(BodyPublishers.noBody()));
        assertThat(failed.statusCode()).isEqualTo(409);
        assertThat(failed.headers().firstValue("content-type")).hasValue("application/problem+json");
        assertThat(failed.body()).contains("\"detail\":\"needs a restart: \\\"kafka\\\"\"");

        assertThat(get("/api/v1/config/reload").statusCode()).isEqualTo(405);
        assertThat(send(request("/api/v1/config/reload")
                                .header(
                                        "Origin",
                                        "http://127.0.0.1:" + server.address().getPort())
                                .POST(BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(403);
    }

    /** Native histograms have no text: Prometheus asks for this where it scrapes them. */
    @Test
    void metricsAreProtobufForWhomAsksForThat() throws Exception {
        HttpResponse<String> response = send(request("/metrics")
                .header(
                        "Accept",
                        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"
                                + ";q=0.6,text/plain;version=0.0.4;q=0.5"));

        assertThat(response.headers().firstValue("content-type"))
                .hasValueSatisfying(t -> assertThat(t).startsWith("application/vnd.google.protobuf"));
        assertThat(response.body()).contains("sluice_event_loop_delay_seconds").doesNotContain("# HELP");
    }

    @Test
    void theFirstPageListsListenersEscaped() throws Exception {
        HttpResponse<String> response = get("/");

        assertThat(response.body())
                .contains("<td>mqtt</td><td>tcp://127.0.0.1:1883</td>")
                .contains("<td>&lt;b&gt;</td>")
                .contains("href=\"/metrics\"");
        assertThat(response.headers().firstValue("content-security-policy")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "/metrics/", "/live/../health", "/%2e%2e/etc/passwd", "//live", "/LIVE"})
    void otherPathsAreNotFound(String path) throws Exception {
        assertThat(raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 404");
    }

    @Test
    void otherMethodsAreNotAllowed() throws Exception {
        HttpResponse<String> response = send(request("/metrics").POST(BodyPublishers.ofString("x")));

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("allow")).hasValue("GET, HEAD");
    }

    @Test
    void headHasNoBody() throws Exception {
        HttpResponse<String> response = send(request("/live").method("HEAD", BodyPublishers.noBody()));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
    }

    @Test
    void aQueryChangesNothing() throws Exception {
        assertThat(get("/live?x=1").statusCode()).isEqualTo(200);
    }

    @Test
    void requestsAreBounded() throws Exception {
        assertThat(raw("GET /" + "a".repeat(5000) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
                .startsWith("HTTP/1.1 414");
        assertThat(raw("GET /live HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(20_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431");
    }

    private ManagementServer bind() {
        ManagementServer bound = ManagementServer.bind(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        registry,
                        health,
                        () -> Map.of("mqtt", "tcp://127.0.0.1:1883", "<b>", "ws://127.0.0.1:8083"),
                        new ManagementServer.Actions(
                                new Gatekeeper(registry), () -> CompletableFuture.completedFuture(reloaded)),
                        new ManagementServer.Threads(loops, pages))
                .block(TIMEOUT);
        return Objects.requireNonNull(bound);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.address().getPort() + path))
                .timeout(TIMEOUT);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    /** What the server answers to these very bytes, until it closes. */
    private String raw(String request) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
            socket.setSoTimeout((int) TIMEOUT.toMillis());
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }
}
