package io.sluice.app.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The Kafka cluster.
 *
 * @param bootstrapServers where it is, or null for the embedded one
 * @param properties for all of its clients
 * @param producer for the producers
 * @param topics which topics Sluice may create
 * @param embedded the Kafka in this process
 */
@Later({"username", "password"})
public record KafkaConfig(
        @Key("Kafka's addresses, `host:port` separated by commas. Absent: a single-node Kafka in this process.")
        @Nullable
        BootstrapServers bootstrapServers,

        @Key("Kafka's own client properties, e.g. `security.protocol: SASL_SSL`.")
        KafkaProperties properties,

        @Key("Kafka's own producer properties, e.g. `compression.type: lz4`.")
        KafkaProperties producer,

        @Key("Topics that Sluice creates.") TopicsConfig topics,

        @Key("The Kafka in this process; used without `bootstrap-servers`.")
        EmbeddedConfig embedded) {

    /** Whether Kafka runs in this process. */
    public boolean isEmbedded() {
        return bootstrapServers == null;
    }

    /**
     * Topics that Sluice creates.
     *
     * @param create whether rules may create topics at all
     * @param limit the most topics that rules may create
     */
    public record TopicsConfig(
            @Key(value = "Whether rules may create topics at all.", byDefault = "true")
            boolean create,

            @Key(
                    value = "The most topics that rules may create.",
                    byDefault = "1000",
                    min = "1",
                    max = "1000000",
                    unit = "topics")
            int limit) {}

    /**
     * The Kafka in this process.
     *
     * @param dataDir where its log is
     * @param port of its listener on loopback
     */
    public record EmbeddedConfig(
            @Key(value = "Folder of its data.", byDefault = "sluice-data")
            Path dataDir,

            @Key(
                    value = "Its port on loopback, for Kafka's own tools; 0 takes any free port.",
                    byDefault = "9092",
                    min = "0",
                    max = "65535")
            int port) {}
}
