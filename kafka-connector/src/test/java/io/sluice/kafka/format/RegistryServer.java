package io.sluice.kafka.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A registry that answers what the test says, and remembers what it was asked. Safe for all threads. */
final class RegistryServer implements AutoCloseable {

    /** What came. */
    record Request(
            String method,
            String path,
            @Nullable String authorization,
            @Nullable String contentType,
            String body,
            long nanos) {}

    /** What goes back. */
    interface Reply {
        void to(HttpExchange exchange) throws IOException, InterruptedException;
    }

    static {
        // The head of an answer and its body are written apart: with Nagle's algorithm the body comes 40 ms later.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Deque<Reply>> replies = new ConcurrentHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);

    RegistryServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    URI base() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/api");
    }

    /** One after the other for this path below the base; the last for ever. */
    RegistryServer on(String path, Reply... answers) {
        replies.put(path, new ArrayDeque<>(List.of(answers)));
        return this;
    }

    static Reply json(int status, String body) {
        return exchange -> {
            byte[] bytes = body.getBytes(UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    /** A version of a subject, or what has an id. */
    static Reply schema(int id, String schema, String more) {
        return json(200, "{\"id\": " + id + ", \"version\": 1, \"schema\": " + quoted(schema) + more + "}");
    }

    static Reply schema(int id, String schema) {
        return schema(id, schema, "");
    }

    static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", " ") + "\"";
    }

    static Reply redirect(URI to) {
        return exchange -> {
            exchange.getResponseHeaders().add("Location", to.toString());
            exchange.sendResponseHeaders(302, -1);
        };
    }

    /** Nothing, until the end of the test. */
    Reply nothing() {
        return exchange -> end.await();
    }

    /** The head, and a byte of the body. */
    Reply begun() {
        return exchange -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            end.await();
        };
    }

    /** More bytes than anybody wants. */
    static Reply endless() {
        return exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] block = new byte[1 << 16];
            OutputStream body = exchange.getResponseBody();
            for (int i = 0; i < 1_000; i++) {
                body.write(block);
            }
        };
    }

    List<Request> requests() {
        return requests;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().toString().substring("/api".length());
        requests.add(new Request(
                exchange.getRequestMethod(),
                path,
                exchange.getRequestHeaders().getFirst("Authorization"),
                exchange.getRequestHeaders().getFirst("Content-Type"),
                new String(exchange.getRequestBody().readAllBytes(), UTF_8),
                System.nanoTime()));
        try (exchange) {
            next(path).to(exchange);
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private Reply next(String path) {
        Deque<Reply> answers = replies.get(path);
        if (answers == null) {
            return json(404, "{\"error_code\": 40401}");
        }
        synchronized (answers) {
            return answers.size() > 1 ? answers.removeFirst() : answers.getFirst();
        }
    }

    @Override
    public void close() {
        end.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
