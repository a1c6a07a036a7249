package io.sluice.benchmarks.rounds;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process of ours, its output in a file. Ended by its id, and by nothing else. */
final class Child implements AutoCloseable {

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration CONNECT_PAUSE = Duration.ofMillis(5);
    private static final int LOG_LINES = 30;

    private final String name;
    private final Process process;
    private final Path log;
    private final long startNanos;

    private Child(String name, Process process, Path log, long startNanos) {
        this.name = name;
        this.process = process;
        this.log = log;
        this.startNanos = startNanos;
    }

    /** Starts a command; what it prints goes to {@code NAME.log} in the folder. */
    static Child start(String name, List<String> command, Path folder) throws IOException {
        Path log = folder.resolve(name + ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        // What is set around here is not what is measured.
        builder.environment().keySet().removeIf(key -> key.startsWith("SLUICE_") || key.equals("JAVA_TOOL_OPTIONS"));
        long startNanos = System.nanoTime();
        return new Child(name, builder.start(), log, startNanos);
    }

    long pid() {
        return process.pid();
    }

    /** Waits until somebody listens on the port, and says how long it took from the start of the process. */
    Duration awaitListening(int port, Duration timeout) throws InterruptedException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        while (System.nanoTime() - startNanos < timeout.toNanos()) {
            requireAlive();
            try (Socket socket = new Socket()) {
                socket.connect(address, 1_000);
                return Duration.ofNanos(System.nanoTime() - startNanos);
            } catch (IOException notYet) {
                Thread.sleep(CONNECT_PAUSE.toMillis());
            }
        }
        throw failure("does not listen on port " + port + " after " + timeout.toSeconds() + " s");
    }

    /** Waits for a process that is to end by itself. */
    void awaitSuccess(Duration timeout) throws InterruptedException {
        if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            throw failure("is not done after " + timeout.toSeconds() + " s");
        }
        if (process.exitValue() != 0) {
            throw failure("ended with exit code " + process.exitValue());
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void requireAlive() {
        if (!process.isAlive()) {
            throw failure("ended with exit code " + process.exitValue());
        }
    }

    /** What it printed last. */
    String lastLines() {
        try {
            List<String> lines = Files.readString(log, UTF_8).lines().toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
        } catch (IOException e) {
            return "(" + log + " cannot be read: " + e.getMessage() + ")";
        }
    }

    IllegalStateException failure(String what) {
        return new IllegalStateException(name + " " + what + ". It printed last:\n" + lastLines());
    }

    /** SIGKILL: nothing of it runs after it. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Since its start, until now. */
    Duration age() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    /** Asks it to end, and after a while ends it. Safe for all threads. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
