package io.sluice.app.management;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sluice.app.JsonText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
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
 * The HTTP server for operators: a fixed set of pages, no request body. Metrics and probes are for everybody, all else is
 * for those whom the {@link Gatekeeper} lets. Pages are made on a scheduler, not
 * on the server's loops, because a scrape walks every meter. What a client sends chooses among the pages and nothing
 * else.
 */
public final class ManagementServer {

    private static final ExpositionFormats FORMATS = ExpositionFormats.init();

    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(30);
    private static final int LINE_BYTES_MAX = 2048;
    private static final int HEADER_BYTES_MAX = 8192;
    private static final int REQUESTS_PER_CONNECTION_MAX = 1000;

    static final String RELOAD = "/api/v1/config/reload";

    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json; charset=utf-8";
    private static final String PROBLEM = "application/problem+json";
    private static final String HTML = "text/html; charset=utf-8";

    /**
     * An answer.
     *
     * @param status of HTTP
     * @param contentType of the body
     * @param body the whole of it
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Page(HttpResponseStatus status, String contentType, byte[] body) {
        Page(HttpResponseStatus status, String contentType, String body) {
            this(status, contentType, body.getBytes(UTF_8));
        }
    }

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
     * @param actions what is more than looking
     * @param threads the loops that serve and the scheduler that makes pages
     */
    public static Mono<ManagementServer> bind(
            InetSocketAddress bind,
            PrometheusMeterRegistry registry,
            Health health,
            Supplier<Map<String, String>> listeners,
            Actions actions,
            Threads threads) {
        Map<String, PageMaker> pages = Map.of(
                "/", accept -> new Page(HttpResponseStatus.OK, HTML, IndexPage.html(listeners.get(), health)),
                "/metrics", accept -> metrics(registry.getPrometheusRegistry(), accept),
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
                .handle((request, response) -> handle(pages, actions, threads.pages(), request, response))
                .bind()
                .map(ManagementServer::new);
    }

    /**
     * What changes something, and so is not for everybody.
     *
     * @param gate who may
     * @param reload reads the configuration's files again, and says what came of it
     */
    public record Actions(Gatekeeper gate, Supplier<? extends CompletionStage<Reloaded>> reload) {}

    /**
     * What came of reading files again.
     *
     * @param successful whether what they say is in force
     * @param words what is in force, or why not
     */
    public record Reloaded(boolean successful, String words) {}

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
            Map<String, PageMaker> pages,
            Actions actions,
            Scheduler scheduler,
            HttpServerRequest request,
            HttpServerResponse response) {
        String path = new QueryStringDecoder(request.uri()).rawPath();
        if (path.equals(RELOAD)) {
            if (!request.method().equals(HttpMethod.POST)) {
                return notAllowed(request, response, "POST");
            }
            return guarded(
                    actions,
                    request,
                    response,
                    Mono.fromCompletionStage(actions.reload()).map(ManagementServer::reloaded));
        }
        if (path.equals(LogLevels.PATH) && !request.method().equals(HttpMethod.POST)) {
            return guarded(
                    actions,
                    request,
                    response,
                    Mono.fromSupplier(() -> LogLevels.answer(request)).subscribeOn(scheduler));
        }
        PageMaker maker = pages.get(path);
        if (maker == null) {
            return send(request, response, new Page(HttpResponseStatus.NOT_FOUND, TEXT, "not found\n"));
        }
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            return notAllowed(request, response, "GET, HEAD");
        }
        String accept = request.requestHeaders().get(HttpHeaderNames.ACCEPT, "");
        return Mono.fromSupplier(() -> maker.make(accept))
                .subscribeOn(scheduler)
                .flatMap(page -> Mono.from(send(request, response, page)));
    }

    private static Publisher<Void> notAllowed(HttpServerRequest request, HttpServerResponse response, String expected) {
        response.header(HttpHeaderNames.ALLOW, expected);
        return send(
                request,
                response,
                new Page(
                        HttpResponseStatus.METHOD_NOT_ALLOWED,
                        TEXT,
                        "expected: " + expected.replace(", ", " or ") + "\n"));
    }

    /** The page for who may have it. It is not made before that is known. */
    private static Publisher<Void> guarded(
            Actions actions, HttpServerRequest request, HttpServerResponse response, Mono<Page> page) {
        return actions.gate()
                .refusal(new Gatekeeper.Visitor(request.remoteAddress(), request.requestHeaders()))
                .map(refused -> {
                    if (refused.challenge() != null) {
                        response.header(HttpHeaderNames.WWW_AUTHENTICATE, refused.challenge());
                    }
                    return new Page(refused.status(), TEXT, refused.words() + "\n");
                })
                .switchIfEmpty(page)
                .flatMap(answer -> Mono.from(send(request, response, answer)));
    }

    private static Page reloaded(Reloaded result) {
        return result.successful()
                ? new Page(HttpResponseStatus.OK, TEXT, result.words() + "\n")
                : new Page(
                        HttpResponseStatus.CONFLICT,
                        PROBLEM,
                        "{\"title\":\"Not in force\",\"status\":409,\"detail\":" + JsonText.quoted(result.words())
                                + "}\n");
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
        return response.sendByteArray(Mono.just(page.body()));
    }

    /** As text, OpenMetrics' text or Protobuf, the only one that has native buckets: as Accept says. */
    private static Page metrics(PrometheusRegistry registry, String accept) {
        ExpositionFormatWriter writer = FORMATS.findWriter(accept);
        ByteArrayOutputStream body = new ByteArrayOutputStream(64 << 10);
        try {
            writer.write(body, registry.scrape());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return new Page(HttpResponseStatus.OK, writer.getContentType(), body.toByteArray());
    }

    private static Page probe(boolean well, String otherwise) {
        return well
                ? new Page(HttpResponseStatus.OK, TEXT, "ok\n")
                : new Page(HttpResponseStatus.SERVICE_UNAVAILABLE, TEXT, otherwise + "\n");
    }
}
