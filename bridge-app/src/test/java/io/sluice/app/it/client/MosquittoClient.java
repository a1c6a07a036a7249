package io.sluice.app.it.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** mosquitto_pub and mosquitto_sub as processes of their own: Debian's package {@code mosquitto-clients}. */
final class MosquittoClient implements TestClient {

    private static final String READY = "ready";

    private final int port;
    private final String version;
    private final String clientId;
    private final Inbox inbox = new Inbox();
    private @Nullable Process subscriber;

    /** @param version as {@code -V} takes it: mqttv31, mqttv311 or mqttv5 */
    MosquittoClient(int port, String version, String clientId) {
        this.port = port;
        this.version = version;
        this.clientId = clientId;
    }

    @Override
    public void subscribe(String filter, int qos) throws IOException, InterruptedException {
        close();
        // It does not tell when it is subscribed; a retained message does, since it comes after the SUBACK.
        String ready = "it/ready/" + clientId;
        run(List.of("mosquitto_pub", "-r", "-t", ready, "-m", READY), "");
        Process process = start(List.of(
                "mosquitto_sub",
                "-i",
                clientId,
                "-q",
                Integer.toString(qos),
                "-t",
                filter,
                "-t",
                ready,
                "-F",
                "%q %t %p"));
        subscriber = process;
        BufferedReader lines = process.inputReader(UTF_8);
        assertThat(lines.readLine()).as("first line of mosquitto_sub").endsWith(READY);
        Thread reader = new Thread(() -> read(lines), "mosquitto_sub " + clientId);
        reader.setDaemon(true);
        reader.start();
    }

    private void read(BufferedReader lines) {
        lines.lines().forEach(line -> {
            String[] fields = line.split(" ", 3);
            inbox.add(new Delivered(fields[1], fields[2], Integer.parseInt(fields[0])));
        });
    }

    @Override
    public void publish(String topic, int qos, List<String> payloads) throws IOException, InterruptedException {
        run(
                List.of("mosquitto_pub", "-q", Integer.toString(qos), "-t", topic, "-l"),
                String.join("\n", payloads) + "\n");
    }

    private void run(List<String> command, String input) throws IOException, InterruptedException {
        Process process = start(command);
        process.getOutputStream().write(input.getBytes(UTF_8));
        process.getOutputStream().close();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("%s ends", command).isTrue();
        assertThat(process.exitValue()).as("exit of %s", command).isZero();
    }

    private Process start(List<String> command) {
        List<String> full = new ArrayList<>(command);
        full.addAll(List.of("-h", "127.0.0.1", "-p", Integer.toString(port), "-V", version));
        try {
            return new ProcessBuilder(full)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    command.get(0) + " does not start: install Debian's package mosquitto-clients", e);
        }
    }

    @Override
    public Delivered next() throws InterruptedException {
        return inbox.next();
    }

    @Override
    public void close() {
        if (subscriber != null) {
            subscriber.destroy();
            subscriber.onExit().join();
        }
    }
}
