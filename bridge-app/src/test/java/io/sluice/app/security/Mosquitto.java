package io.sluice.app.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One run of mosquitto's command line (Debian's package {@code mosquitto-clients}). */
record Mosquitto(int exitCode, String output) {

    /** Publishes a message at QoS 1. */
    static Mosquitto publish(int port, String topic, String message, String... options) throws Exception {
        return run("mosquitto_pub", port, List.of("-t", topic, "-m", message, "-q", "1"), options);
    }

    /** Waits for one message, ten seconds at most. */
    static Process subscriber(int port, String filter, String... options) throws IOException {
        return start("mosquitto_sub", port, List.of("-t", filter, "-C", "1", "-W", "10", "-q", "1", "-v"), options);
    }

    private static Mosquitto run(String program, int port, List<String> arguments, String... options) throws Exception {
        return of(start(program, port, arguments, options));
    }

    static Mosquitto of(Process process) throws Exception {
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("does not end: " + output);
        }
        return new Mosquitto(process.exitValue(), output);
    }

    private static Process start(String program, int port, List<String> arguments, String... options)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(program, "-h", "localhost", "-p", Integer.toString(port)));
        command.addAll(arguments);
        command.addAll(List.of(options));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }
}
