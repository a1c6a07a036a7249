package io.sluice.mqtt.auth.shared;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sluice.mqtt.metrics.Buckets;
import io.sluice.mqtt.metrics.PerConstant;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks one other server, within bounds of time and size. Safe for all threads; nothing waits for the answer. A request
 * may still have to look for the host's address: it is not for event loops.
 */
public final class HttpCaller implements AutoCloseable {

    private static final int THREADS = 2;
    private static final int IDLE_SECONDS = 10;

    /**
     * What came back.
     *
     * @param outcome {@link HttpOutcome#ANSWERED} with any status, or why there is no answer
     * @param status 0 without an answer
     */
    public record Answer(HttpOutcome outcome, int status, byte[] body) {}

    private final HttpSettings settings;
    private final LongSupplier nanoClock;
    private final HttpClient client;
    private final PerConstant<HttpOutcome, Counter> requests;
    private final Timer duration;
    private volatile boolean closed;

    /** @param authenticator its name in the configuration */
    public HttpCaller(String authenticator, HttpSettings settings, LongSupplier nanoClock, MeterRegistry registry) {
        this.settings = settings;
        this.nanoClock = nanoClock;
        AtomicInteger threads = new AtomicInteger();
        // The queue has as many tasks as there are requests, and who asks bounds these.
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                THREADS, THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "auth-http-" + threads.getAndIncrement());
                    thread.setDaemon(true);
                    return thread;
                });
        // Never shut down, which the client would not bear: unused threads end by themselves.
        executor.allowCoreThreadTimeOut(true);
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.connectTimeout())
                .executor(executor);
        client = settings.tls() == null
                ? builder.build()
                : builder.sslContext(settings.tls()).build();
        requests = new PerConstant<>(HttpOutcome.class, outcome -> Counter.builder("sluice.authentication.requests")
                .description("Requests to other servers about users or keys, by how they ended")
                .tag("authenticator", authenticator)
                .tag("outcome", outcome.id())
                .register(registry));
        duration = Timer.builder("sluice.authentication.request.duration")
                .description("How long other servers took to answer about users or keys")
                .tag("authenticator", authenticator)
                .serviceLevelObjectives(Buckets.latency())
                .register(registry);
    }

    /** Asks for what is at the URL; never fails. */
    public CompletableFuture<Answer> get(String accept) {
        return send(
                HttpRequest.newBuilder(settings.url()).header("Accept", accept).GET());
    }

    /** Sends JSON to the URL, for JSON; never fails. */
    public CompletableFuture<Answer> post(byte[] json) {
        return send(HttpRequest.newBuilder(settings.url())
                .header("Accept", "application/json")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(json)));
    }

    private CompletableFuture<Answer> send(HttpRequest.Builder request) {
        long since = nanoClock.getAsLong();
        if (closed) {
            return CompletableFuture.completedFuture(answer(null, null));
        }
        CompletableFuture<HttpResponse<byte[]>> exchange = client.sendAsync(
                request.timeout(settings.timeout()).build(), head -> new BoundedBody(settings.answerBytesMax()));
        // Another future than the client's, whose dependents end the request when they are cancelled.
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        // The request's own time-out ends with the head of the answer.
        exchange.copy()
                .orTimeout(settings.timeout().toNanos(), TimeUnit.NANOSECONDS)
                .handle(HttpCaller::answer)
                .thenAccept(done -> {
                    exchange.cancel(true);
                    duration.record(nanoClock.getAsLong() - since, TimeUnit.NANOSECONDS);
                    answer.complete(done);
                });
        return answer;
    }

    private static Answer answer(@Nullable HttpResponse<byte[]> response, @Nullable Throwable failure) {
        if (response == null) {
            return new Answer(failure == null ? HttpOutcome.UNREACHABLE : HttpOutcome.of(failure), 0, new byte[0]);
        }
        return new Answer(HttpOutcome.ANSWERED, response.statusCode(), response.body());
    }

    /** Counts what has become of a request, once its answer was looked at. */
    public void count(HttpOutcome outcome) {
        requests.get(outcome).increment();
    }

    /** Asks nobody any more. */
    @Override
    public void close() {
        closed = true;
    }
}
