package io.sluice.app.config;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The Kafka cluster.
 *
 * @param bootstrapServers where it is, or null for the embedded one
 * @param properties for all of its clients
 * @param username who Sluice is to Kafka, or null when the properties say it
 * @param password the user's, or null
 * @param producer for the producers
 * @param topics which topics Sluice may create
 * @param internalTopics where Sluice keeps its state
 * @param durability what follows when Kafka guarantees less than is promised
 * @param embedded the Kafka in this process
 */
public record KafkaConfig(
        @Key("Kafka's addresses, `host:port` separated by commas. Absent: a single-node Kafka in this process.")
        @Nullable
        BootstrapServers bootstrapServers,

        @Key("Kafka's own client properties, e.g. `security.protocol: SASL_SSL`.")
        KafkaProperties properties,

        @Key("Who Sluice is to Kafka, with `sasl.mechanism` PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512: short for "
                + "`sasl.jaas.config`.")
        @Nullable
        String username,

        @Key("The user's password, of any characters; `${file:PATH}` or `${env:NAME}` keeps it out of this file.")
        @Nullable
        Secret password,

        @Key("Kafka's own producer properties, e.g. `compression.type: lz4`.")
        KafkaProperties producer,

        @Key("Topics that Sluice creates.") TopicsConfig topics,

        @Key("Topics in which Sluice keeps its state.") InternalTopicsConfig internalTopics,

        @Key(
                value = "What follows when Kafka's topics guarantee less than is promised (one replica, "
                        + "`min.insync.replicas` 1, unclean leader election, a wrong cleanup policy, retention below "
                        + "`sessions.max-expiry`, `transaction.version` below 2, missing ACLs): `report` says so at the "
                        + "start, `strict` does not start.",
                byDefault = "report")
        Durability durability,

        @Key("The Kafka in this process; used without `bootstrap-servers`.")
        EmbeddedConfig embedded) {

    /** What follows when Kafka guarantees less than is promised. */
    public enum Durability {
        REPORT,
        STRICT
    }

    /** Kafka's name of how clients say who they are. */
    static final String MECHANISM = "sasl.mechanism";

    /** Kafka's name of what they say. */
    static final String JAAS = "sasl.jaas.config";

    /** The mechanisms that take a name and a password, with what stands for them in a login configuration. */
    static final Map<String, String> LOGIN_MODULES = loginModules();

    private static Map<String, String> loginModules() {
        String packageName = "org.apache.kafka.common.security.";
        Map<String, String> modules = new LinkedHashMap<>();
        modules.put("PLAIN", packageName + "plain.PlainLoginModule");
        modules.put("SCRAM-SHA-256", packageName + "scram.ScramLoginModule");
        modules.put("SCRAM-SHA-512", packageName + "scram.ScramLoginModule");
        return modules;
    }

    /** Kafka's own settings for all clients: what is written for all, for the producers, and who Sluice is. */
    public Map<String, String> clientProperties() {
        // Producer properties are Kafka's own names too: the consumers and the admin client pass over them.
        Map<String, String> all = new LinkedHashMap<>(properties.values());
        all.putAll(producer.values());
        String module = LOGIN_MODULES.get(all.getOrDefault(MECHANISM, ""));
        if (username != null && password != null && module != null) {
            all.put(
                    JAAS,
                    module + " required username=" + Jaas.quoted(username) + " password=" + Jaas.quoted(password.text())
                            + ";");
        }
        return all;
    }

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
     * Topics in which Sluice keeps its state.
     *
     * @param prefix of their names, and of the transactional ids
     * @param replicationFactor of those that are made, or -1 for the broker's default
     */
    public record InternalTopicsConfig(
            @Key(
                    value = "What their names and those of the transactions begin with: `_sluice`, and what tells two "
                            + "installations on one Kafka apart.",
                    byDefault = "_sluice")
            String prefix,

            @Key(
                    value = "Replicas of those that are made; -1: the broker's default.",
                    byDefault = "-1",
                    min = "-1",
                    max = "1000")
            int replicationFactor) {

        // No rule may write to such a topic: whatever begins with this.
        private static final Pattern PREFIX = Pattern.compile("_sluice[a-zA-Z0-9._-]{0,150}");

        public InternalTopicsConfig {
            if (!PREFIX.matcher(prefix).matches()) {
                throw new IllegalArgumentException("prefix: \"" + prefix
                        + "\" (expected: _sluice, and then letters, digits, '.', '_' and '-', such as _sluice-b)");
            }
            if (replicationFactor == 0) {
                throw new IllegalArgumentException("replication-factor: 0 (expected: at least 1, or -1)");
            }
        }
    }

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
