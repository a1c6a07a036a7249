package io.sluice.kafka.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One question to the registry, within bounds of time and size. Blocks its thread: never on a loop. */
final class RegistryCall {

    private static final int ANSWER_BYTES_MAX = 4 << 20;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final String JSON = "application/vnd.schemaregistry.v1+json";

    /** What came back. */
    record Answer(int status, String body) {}

    private final RegistrySettings settings;
    private final HttpClient client;

    RegistryCall(RegistrySettings settings) {
        this.settings = settings;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT_TIMEOUT);
        client = settings.tls() == null
                ? builder.build()
                : builder.sslContext(settings.tls()).build();
    }

    /**
     * Asks.
     *
     * @param path below the base, with its slash, escaped
     * @param body to POST, or null for GET
     * @throws IOException when there is no answer within the bounds
     */
    Answer ask(String path, @Nullable String body) throws IOException, InterruptedException {
        String base = settings.base().toString();
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path))
                .timeout(settings.timeout())
                .header("Accept", JSON + ", application/json");
        if (settings.authorization() != null) {
            request.header("Authorization", settings.authorization());
        }
        if (body != null) {
            request.header("Content-Type", JSON).POST(HttpRequest.BodyPublishers.ofString(body));
        }
        CompletableFuture<HttpResponse<String>> exchange = client.sendAsync(request.build(), head -> new Body());
        try {
            // The request's own time-out ends with the head of the answer.
            HttpResponse<String> response = exchange.get(settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
            return new Answer(response.statusCode(), response.body());
        } catch (TimeoutException late) {
            exchange.cancel(true);
            throw new IOException("no answer within " + settings.timeout().toMillis() + " ms", late);
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause() == null ? failed : failed.getCause();
            throw new IOException(cause.toString(), cause);
        }
    }

    /** An answer up to its limit. Fed by one thread at a time. */
    private static final class Body implements BodySubscriber<String> {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final CompletableFuture<String> body = new CompletableFuture<>();
        private Flow.@Nullable Subscription subscription;

        @Override
        public CompletionStage<String> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            given.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            for (ByteBuffer buffer : buffers) {
                if (bytes.size() + buffer.remaining() > ANSWER_BYTES_MAX) {
                    if (subscription != null) {
                        subscription.cancel();
                    }
                    body.completeExceptionally(
                            new IOException("an answer of more than " + ANSWER_BYTES_MAX + " bytes"));
                    return;
                }
                byte[] part = new byte[buffer.remaining()];
                buffer.get(part);
                bytes.write(part, 0, part.length);
            }
        }

        @Override
        public void onError(Throwable failure) {
            body.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            body.complete(bytes.toString(UTF_8));
        }
    }
}
