package io.sluice.app.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.mqtt.port.Failpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A Sluice in a process of its own, on a Kafka that stays, to be stopped in any way and started again. */
public final class ChildSluice implements AutoCloseable {

    /** How it is stopped. */
    public enum Stop {
        /** SIGTERM, and waited for: it ends well. */
        TERMINATE,
        /** SIGKILL: nothing of the process runs after it. */
        KILL
    }

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration HALT_TIMEOUT = Duration.ofSeconds(15);

    private final Path folder;
    private final Path config;
    private final Path log;
    private final String bootstrapServers;
    private final int mqttPort = freePort();
    private final int managementPort = freePort();
    private final HttpClient http = HttpClient.newHttpClient();
    private @Nullable Path failpoint;
    private List<String> javaOptions = List.of("-XX:TieredStopAtLevel=1", "-Xmx512m");
    private @Nullable Process process;
    private long logStart;

    /** On the Kafka at this address, or on its own when that is null. */
    public ChildSluice(Path folder, @Nullable String bootstrapServers) throws IOException {
        this(folder, bootstrapServers, "", "");
    }

    /**
     * On the Kafka at this address, or on its own when that is null.
     *
     * @param folder where its files are: of this one alone
     * @param kafkaKeys further keys of the section {@code kafka}, in YAML's flow style, each with a comma before it
     * @param keys further sections, a line each
     */
    public ChildSluice(Path folder, @Nullable String bootstrapServers, String kafkaKeys, String keys)
            throws IOException {
        this.folder = Files.createDirectories(folder);
        config = folder.resolve("child.yaml");
        log = folder.resolve("child.log");
        int kafkaPort = freePort();
        String kafka = bootstrapServers == null
                ? "embedded: {data-dir: '%s', port: %d}".formatted(folder.resolve("kafka"), kafkaPort)
                : "bootstrap-servers: '%s'".formatted(bootstrapServers);
        this.bootstrapServers = bootstrapServers == null ? "127.0.0.1:" + kafkaPort : bootstrapServers;
        Files.writeString(config, """
                listeners:
                  mqtt: {type: tcp, bind: "127.0.0.1:%d"}
                management: {bind: "127.0.0.1:%d"}
                %s
                kafka: {%s%s}
                %s
                """.formatted(
                mqttPort, managementPort, keys.contains("drain:") ? "" : "drain: {delay: 0s}", kafka, kafkaKeys, keys));
    }

    /** With these options of Java's instead of those for a process that lives for some seconds. */
    public ChildSluice withJavaOptions(String... options) {
        javaOptions = List.of(options);
        return this;
    }

    /** From its next start on it can be told to halt at a failpoint. */
    ChildSluice withFailpoints() {
        failpoint = folder.resolve("failpoint");
        return this;
    }

    /** Starts it; returns when it is ready, and how long that took. */
    public Duration start() throws IOException {
        return start(ClassArchive.options());
    }

    /** Starts it with this class path, or more. */
    Duration start(List<String> classPath) throws IOException {
        long start = System.nanoTime();
        launch(classPath);
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + "/ready"))
                .timeout(Duration.ofSeconds(2))
                .build();
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> http.send(request, BodyHandlers.discarding()).statusCode() == 200);
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** Starts its process, and waits for nothing. */
    void launch() throws IOException {
        launch(ClassArchive.options());
    }

    private void launch(List<String> classPath) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(javaOptions);
        if (failpoint != null) {
            command.add("-Dsluice.failpoint=@" + failpoint);
        }
        command.addAll(classPath);
        command.addAll(List.of("io.sluice.app.Main", "run", "-c", config.toString()));
        logStart = Files.exists(log) ? Files.size(log) : 0;
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    /** Waits until it has ended by itself, and returns its exit code. */
    int awaitExit() throws InterruptedException {
        Process ending = Objects.requireNonNull(process, "process");
        assertThat(ending.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("the process has ended")
                .isTrue();
        process = null;
        return ending.exitValue();
    }

    public void stop(Stop how) throws InterruptedException {
        Process running = process;
        if (running == null) {
            return;
        }
        if (how == Stop.KILL) {
            running.destroyForcibly().waitFor();
        } else {
            running.destroy();
            if (!running.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                running.destroyForcibly().waitFor();
                throw new AssertionError("SIGTERM did not end the process within " + PATIENCE);
            }
            assertThat(running.exitValue()).as("exit code after SIGTERM").isZero();
        }
        process = null;
    }

    void restart(Stop how) throws IOException, InterruptedException {
        stop(how);
        start();
    }

    public boolean isRunning() {
        return process != null && process.isAlive();
    }

    /** It halts the next time that it comes to this point. */
    void arm(Failpoint point) throws IOException {
        Path file = Objects.requireNonNull(failpoint, "failpoints");
        Path written = Files.writeString(folder.resolve("failpoint.new"), point.id());
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Waits until it has halted at this point, and nowhere else. */
    void awaitHalt(Failpoint point) throws IOException, InterruptedException {
        Process halting = Objects.requireNonNull(process, "process");
        boolean ended = halting.waitFor(HALT_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        Files.deleteIfExists(Objects.requireNonNull(failpoint, "failpoints"));
        if (!ended) {
            stop(Stop.KILL);
        }
        assertThat(ended).as("it came to %s", point).isTrue();
        assertThat(halting.exitValue()).as("exit code").isEqualTo(Failpoint.EXIT_CODE);
        byte[] written = Files.readAllBytes(log);
        assertThat(new String(written, (int) logStart, written.length - (int) logStart, UTF_8))
                .contains(point.lastWords());
        process = null;
    }

    /** One of several on one Kafka. */
    static ChildSluice instance(Path folder, String bootstrapServers, String name) throws IOException {
        return instance(folder, bootstrapServers, name, "");
    }

    /** @param keys further sections, a line each */
    static ChildSluice instance(Path folder, String bootstrapServers, String name, String keys) throws IOException {
        return new ChildSluice(
                folder.resolve(name), bootstrapServers, "", "instance: {name: %s}\n%s".formatted(name, keys));
    }

    /** Stops its process, as a long pause of a virtual machine does, or lets it go on. */
    void signal(String name) throws IOException, InterruptedException {
        Process running = process;
        if (running == null) {
            throw new IllegalStateException("not running");
        }
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(running.pid())).start();
        if (kill.waitFor() != 0) {
            throw new IllegalStateException("kill -" + name + ": " + kill.exitValue());
        }
    }

    RawClient open() throws IOException {
        return new RawClient(mqttPort);
    }

    public int port() {
        return mqttPort;
    }

    /** Where its Kafka is. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** What it has written. */
    String log() throws IOException {
        return Files.readString(log);
    }

    /** What it counts, in Prometheus' text. */
    public String metrics() throws IOException, InterruptedException {
        return page("/metrics").body();
    }

    /** A page of the management port. */
    HttpResponse<String> page(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + path))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    /** The sum of a metric over its labels, by its name in Prometheus' text. */
    public double metric(String name) throws IOException, InterruptedException {
        return metrics()
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Override
    public void close() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly().onExit().join();
        }
    }

    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
