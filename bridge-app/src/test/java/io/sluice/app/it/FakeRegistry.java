package io.sluice.app.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A schema registry in this process: what of the Confluent-compatible API is needed to read schemas. */
final class FakeRegistry implements AutoCloseable {

    static final String USER = "Basic c2x1aWNlOnNlY3JldA==";

    static {
        // The head of an answer and its body are written apart: with Nagle's algorithm the body comes 40 ms later.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final Map<String, Integer> newest = new ConcurrentHashMap<>();
    private final List<String> schemas = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger requests = new AtomicInteger();
    private int port;
    private @Nullable HttpServer server;

    /** Registers the schema as the newest of the subject; returns its id. For one thread. */
    int register(String subject, String schema) {
        schemas.add(schema);
        newest.put(subject, schemas.size());
        return schemas.size();
    }

    void start() throws IOException {
        HttpServer started = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        port = started.getAddress().getPort();
        started.createContext("/", this::answer);
        started.start();
        server = started;
    }

    /** It is gone: whoever asks is refused the connection. */
    void stop() {
        if (server != null) {
            server.stop(0);
            server = null;
        }
    }

    String url() {
        return "http://127.0.0.1:" + port + "/apis/ccompat/v7";
    }

    int requests() {
        return requests.get();
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        String path = exchange.getRequestURI().getPath().substring("/apis/ccompat/v7".length());
        if (!USER.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            respond(exchange, 401, "{}");
            return;
        }
        String[] parts = path.split("/", -1);
        Integer id = parts[1].equals("subjects") ? newest.get(parts[2]) : Integer.valueOf(parts[3]);
        if (id == null || id > schemas.size()) {
            respond(exchange, 404, "{\"error_code\": 40401}");
            return;
        }
        respond(
                exchange,
                200,
                new ObjectMapper()
                        .createObjectNode()
                        .put("id", id)
                        .put("schema", schemas.get(id - 1))
                        .toString());
    }

    private static void respond(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        stop();
    }
}
