package io.sluice.app.it;

import io.micrometer.core.instrument.Meter;
import io.sluice.app.config.ConfigLoader;
import io.sluice.app.config.ConfigSources;
import io.sluice.app.runtime.Sluice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** A Sluice with embedded Kafka whose configuration is changed while it runs. */
final class LiveSluice implements AutoCloseable {

    static final String REST = "{name: rest, filter: \"#\", topic: \"mqtt.{1}\", illegal-name: replace}";

    private static final String CONFIG = """
            listeners:
              mqtt: {type: tcp, bind: "127.0.0.1:0"}
              proxied: {type: tcp, bind: "127.0.0.1:0", proxy-protocol: v1, proxy-peers: 127.0.0.0/8}
            management: {bind: "127.0.0.1:0"}
            kafka: {embedded: {data-dir: "%s", port: 0}}
            limits: {%s}
            ingress: [%s]
            """;

    private final Path folder;
    private final Path file;
    private final Sluice sluice;

    LiveSluice(Path folder) throws IOException {
        this.folder = folder;
        this.file = folder.resolve("sluice.yaml");
        write("", REST);
        ConfigSources sources = new ConfigSources(
                List.of(file.toString()),
                Map.of(),
                Map.of(),
                true,
                Runtime.getRuntime().maxMemory());
        sluice = Sluice.start(ConfigLoader.load(sources).usable(), sources);
    }

    /** Writes the file, and does not wait until it is in force. */
    void write(String limits, String ingress) throws IOException {
        // At once, as an editor does it: half of a file must not be read.
        Path next =
                Files.writeString(folder.resolve("next"), CONFIG.formatted(folder.resolve("kafka"), limits, ingress));
        Files.move(next, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    /** Puts a file in force. */
    void change(String limits, String ingress) throws IOException {
        change(limits, ingress, "success");
    }

    /** Writes a file that cannot be put in force, and waits until it was tried. */
    void changeInVain(String limits, String ingress) throws IOException {
        change(limits, ingress, "failure");
    }

    private void change(String limits, String ingress, String outcome) throws IOException {
        double before = metric("sluice.config.reloads", "outcome", outcome);
        write(limits, ingress);
        var unused = sluice.reload();
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> metric("sluice.config.reloads", "outcome", outcome) > before);
    }

    int port(String listener) {
        return sluice.port(listener);
    }

    int managementPort() {
        return sluice.managementPort();
    }

    /** The value of a metric over its series with these tags. */
    double metric(String name, String... tags) {
        double sum = 0;
        for (Meter meter : sluice.registry().find(name).tags(tags).meters()) {
            sum += meter.measure().iterator().next().getValue();
        }
        return sum;
    }

    @Override
    public void close() {
        sluice.close();
    }
}
