package io.sluice.app.embedded;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where the embedded Kafka lives.
 *
 * @param folder its data; made when it is not there
 * @param port the broker's port on loopback, 0 for a free one that stays the same on this folder
 * @param properties Kafka's own server properties, for what is not ours to decide, e.g. log.retention.hours
 */
public record EmbeddedKafkaSettings(Path folder, int port, Map<String, String> properties) {

    /** Kafka's usual port. */
    public static final int DEFAULT_PORT = 9092;

    public EmbeddedKafkaSettings {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("embedded Kafka's port: " + port + " (expected: 0 to 65535)");
        }
        properties = Map.copyOf(properties);
    }

    public EmbeddedKafkaSettings(Path folder, int port) {
        this(folder, port, Map.of());
    }
}
