package io.sluice.app.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Apicurio Registry in a process of its own, on loopback and in memory; asked by its Confluent-compatible API. */
final class RegistryProcess implements AutoCloseable {

    /** What it is compiled for. */
    private static final int JAVA_MIN = 21;

    private static final Path PROGRAM = Path.of("target/apicurio");
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What it has answered. */
    record Answer(int status, JsonNode body) {}

    private final Process process;
    private final Path log;
    private final int port = ChildSluice.freePort();
    private final HttpClient http = HttpClient.newHttpClient();

    /**
     * Starts it; returns when it answers.
     *
     * @param java that runs it
     */
    RegistryProcess(Path java, Path folder) throws IOException {
        log = folder.resolve("registry.log");
        process = new ProcessBuilder(
                        java.toString(),
                        "-Xmx512m",
                        "-Dquarkus.http.host=127.0.0.1",
                        "-Dquarkus.http.port=" + port,
                        "-Dquarkus.management.host=127.0.0.1",
                        "-Dquarkus.management.port=" + ChildSluice.freePort(),
                        "-jar",
                        jar().toAbsolutePath().toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            if (!process.isAlive()) {
                throw new AssertionError("the registry has ended: " + Files.readString(log));
            }
            return get("/subjects").status() == 200;
        });
    }

    private static Path jar() throws IOException {
        try (Stream<Path> files = Files.walk(PROGRAM)) {
            return files.filter(file -> file.endsWith("quarkus-run.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IOException(PROGRAM + ": no registry (expected: mvn -Pregistry verify)"));
        }
    }

    /** A java that runs it: that of {@code -Dregistry.java}, this one, or the newest beside it. */
    static Optional<Path> java() throws IOException {
        String given = System.getProperty("registry.java", "");
        if (!given.isEmpty()) {
            return Optional.of(Path.of(given));
        }
        Path here = Path.of(System.getProperty("java.home"));
        if (Runtime.version().feature() >= JAVA_MIN) {
            return Optional.of(here.resolve("bin/java"));
        }
        Path beside = here.toRealPath().getParent();
        if (beside == null) {
            return Optional.empty();
        }
        try (Stream<Path> homes = Files.list(beside)) {
            return homes.filter(home -> version(home) >= JAVA_MIN)
                    .max(Comparator.comparingInt(RegistryProcess::version))
                    .map(home -> home.resolve("bin/java"));
        }
    }

    /** As the home's file {@code release} says it, or 0. */
    private static int version(Path home) {
        Path release = home.resolve("release");
        if (!Files.isExecutable(home.resolve("bin/java")) || !Files.isReadable(release)) {
            return 0;
        }
        Properties properties = new Properties();
        try (var in = Files.newInputStream(release)) {
            properties.load(in);
        } catch (IOException unreadable) {
            return 0;
        }
        String version = properties.getProperty("JAVA_VERSION", "0").replace("\"", "");
        return Integer.parseInt(version.split("[.+-]", -1)[0]);
    }

    String url() {
        return "http://127.0.0.1:" + port + "/apis/ccompat/v7";
    }

    Answer get(String path) throws IOException {
        return send("GET", path, null);
    }

    Answer post(String path, String body) throws IOException {
        return send("POST", path, body);
    }

    Answer put(String path, String body) throws IOException {
        return send("PUT", path, body);
    }

    private Answer send(String method, String path, @Nullable String body) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url() + path))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body, UTF_8))
                .build();
        try {
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
            return new Answer(response.statusCode(), JSON.readTree(response.body()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Registers a version of a subject; returns its answer. */
    Answer register(String subject, String schema, String... references) throws IOException {
        return post(
                "/subjects/" + subject + "/versions",
                "{\"schema\": " + JSON.writeValueAsString(schema) + ", \"references\": ["
                        + String.join(",", List.of(references)) + "]}");
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
