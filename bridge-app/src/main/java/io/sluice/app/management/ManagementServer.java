package io.sluice.app.management;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/**
 * The HTTP server for operators: a fixed set of pages, GET and HEAD, no request body. Pages are made on a scheduler, not
 * on the server's loops, because a scrape walks every meter. What a client sends chooses among the pages and nothing
 * else.
 */
public final class ManagementServer {

    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(30);
    private static final int LINE_BYTES_MAX = 2048;
    private static final int HEADER_BYTES_MAX = 8192;
    private static final int REQUESTS_PER_CONNECTION_MAX = 1000;

    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json; charset=utf-8";
    private static final String HTML = "text/html; charset=utf-8";

    /**
     * An answer.
     *
     * @param status of HTTP
     * @param contentType of the body
     * @param body the whole of it
     */
    record Page(HttpResponseStatus status, String contentType, String body) {}

    /** Makes a page for a client that accepts these types. */
    interface PageMaker {
        Page make(String accept);
    }

    private final DisposableServer server;

    private ManagementServer(DisposableServer server) {
        this.server = server;
    }

    /**
     * Binds the server.
     *
     * @param bind where
     * @param registry what /metrics shows
     * @param health what /live, /ready and /health show
     * @param listeners name to address, for the page at /
     * @param threads the loops that serve and the scheduler that makes pages
     */
    public static Mono<ManagementServer> bind(
            InetSocketAddress bind,
            PrometheusMeterRegistry registry,
            Health health,
            Supplier<Map<String, String>> listeners,
            Threads threads) {
        Map<String, PageMaker> pages = Map.of(
                "/", accept -> new Page(HttpResponseStatus.OK, HTML, IndexPage.html(listeners.get(), health)),
                "/metrics", accept -> metrics(registry, accept),
                "/live", accept -> probe(health.isLive(), "event loops do not answer"),
                "/ready", accept -> probe(health.isReady(), String.join("; ", health.reasons())),
                "/health", accept -> new Page(HttpResponseStatus.OK, JSON, HealthJson.of(health)));
        return HttpServer.create()
                .bindAddress(() -> bind)
                .runOn(threads.loops())
                .idleTimeout(IDLE_TIMEOUT)
                .maxKeepAliveRequests(REQUESTS_PER_CONNECTION_MAX)
                .compress(1024)
                .httpRequestDecoder(
                        decoder -> decoder.maxInitialLineLength(LINE_BYTES_MAX).maxHeaderSize(HEADER_BYTES_MAX))
                .handle((request, response) -> handle(pages, threads.pages(), request, response))
                .bind()
                .map(ManagementServer::new);
    }

    /**
     * Threads that are not the server's own.
     *
     * @param loops of the HTTP connections, apart from those of MQTT
     * @param pages where pages are made; may block
     */
    public record Threads(LoopResources loops, Scheduler pages) {}

    /** Where it listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.address();
    }

    /** Stops; completes when the port is free. */
    public Mono<Void> stop() {
        return Mono.defer(() -> {
            server.dispose();
            return server.onDispose();
        });
    }

    private static Publisher<Void> handle(
            Map<String, PageMaker> pages, Scheduler scheduler, HttpServerRequest request, HttpServerResponse response) {
        String path = new QueryStringDecoder(request.uri()).rawPath();
        PageMaker maker = pages.get(path);
        if (maker == null) {
            return send(request, response, new Page(HttpResponseStatus.NOT_FOUND, TEXT, "not found\n"));
        }
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            response.header(HttpHeaderNames.ALLOW, "GET, HEAD");
            return send(
                    request,
                    response,
                    new Page(HttpResponseStatus.METHOD_NOT_ALLOWED, TEXT, "expected: GET or HEAD\n"));
        }
        String accept = request.requestHeaders().get(HttpHeaderNames.ACCEPT, "");
        return Mono.fromSupplier(() -> maker.make(accept))
                .subscribeOn(scheduler)
                .flatMap(page -> Mono.from(send(request, response, page)));
    }

    private static Publisher<Void> send(HttpServerRequest request, HttpServerResponse response, Page page) {
        response.status(page.status())
                .header(HttpHeaderNames.CONTENT_TYPE, page.contentType())
                .header(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .header("X-Content-Type-Options", "nosniff")
                .header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
        if (request.method().equals(HttpMethod.HEAD)) {
            return response.send();
        }
        return response.sendString(Mono.just(page.body()));
    }

    private static Page metrics(PrometheusMeterRegistry registry, String accept) {
        boolean openMetrics = accept.contains(MetricsTypes.OPEN_METRICS_MEDIA_TYPE);
        String type = openMetrics ? MetricsTypes.OPEN_METRICS : MetricsTypes.TEXT;
        return new Page(HttpResponseStatus.OK, type, registry.scrape(type));
    }

    private static Page probe(boolean well, String otherwise) {
        return well
                ? new Page(HttpResponseStatus.OK, TEXT, "ok\n")
                : new Page(HttpResponseStatus.SERVICE_UNAVAILABLE, TEXT, otherwise + "\n");
    }

    /** The exposition formats; a client's Accept chooses between them and goes no further. */
    private static final class MetricsTypes {

        static final String OPEN_METRICS_MEDIA_TYPE = "application/openmetrics-text";
        static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

        private MetricsTypes() {}
    }
}
