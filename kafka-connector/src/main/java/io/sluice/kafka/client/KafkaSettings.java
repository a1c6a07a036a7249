package io.sluice.kafka.client;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * How Sluice's clients reach Kafka. Immutable.
 *
 * <p>The operator's properties go to all clients as they are, except those on which a promise rests: nobody can weaken
 * the durability contract by a property, and who tries is told.
 *
 * @param bootstrapServers host:port, comma-separated
 * @param clientId how Kafka's logs and quotas name this instance
 * @param properties Kafka's own client properties: security, compression.type, delivery.timeout.ms, …
 * @param meters where the clients' own meters are shown, some of them ({@link ClientMetrics}); null for nowhere
 */
public record KafkaSettings(
        String bootstrapServers,
        String clientId,
        Map<String, String> properties,
        @Nullable MeterRegistry meters) {

    /** Without the clients' own meters. */
    public KafkaSettings(String bootstrapServers, String clientId, Map<String, String> properties) {
        this(bootstrapServers, clientId, properties, null);
    }

    /** The clients on the way of messages whose own meters are shown. */
    private static final Pattern METERED = Pattern.compile("ingress|commit-\\d+|tail-\\d+|reader-\\d+");

    /** What no property may change, with its value; see the reasons beside {@link #producer}. */
    private static final Map<String, String> FIXED = Map.ofEntries(
            Map.entry("acks", "all"),
            Map.entry("enable.idempotence", "true"),
            Map.entry("max.block.ms", "0"),
            Map.entry("isolation.level", "read_committed"),
            Map.entry("enable.auto.commit", "false"),
            Map.entry("auto.offset.reset", "none"),
            Map.entry("allow.auto.create.topics", "false"),
            Map.entry("key.serializer", ByteArraySerializer.class.getName()),
            Map.entry("value.serializer", ByteArraySerializer.class.getName()),
            Map.entry("key.deserializer", ByteArrayDeserializer.class.getName()),
            Map.entry("value.deserializer", ByteArrayDeserializer.class.getName()));

    /** What has a key of its own, or is Sluice's alone: partitions by keys are what the order of a topic rests on. */
    private static final Set<String> NOT_SET =
            Set.of("transactional.id", "group.id", "bootstrap.servers", "partitioner.class", "partitioner.ignore.keys");

    private static final int IN_FLIGHT_REQUESTS_MAX = 5;

    public KafkaSettings {
        properties = Map.copyOf(properties);
        for (Map.Entry<String, String> property : properties.entrySet()) {
            check(property.getKey(), property.getValue());
        }
    }

    private static void check(String key, String value) {
        String fixed = FIXED.get(key);
        if (fixed != null && !fixed.equals(value) && !(key.equals("acks") && value.equals("-1"))) {
            throw new IllegalArgumentException("kafka.properties." + key + ": " + value + " (expected: " + fixed
                    + ", the durability contract rests on it)");
        }
        if (NOT_SET.contains(key)) {
            throw new IllegalArgumentException("kafka.properties." + key + ": " + value + " (expected: not set here)");
        }
        if (key.equals("max.in.flight.requests.per.connection")
                && !(value.matches("\\d{1,9}") && Integer.parseInt(value) <= IN_FLIGHT_REQUESTS_MAX)) {
            throw new IllegalArgumentException(
                    "kafka.properties." + key + ": " + value + " (expected: 1 to 5, more would reorder)");
        }
    }

    /**
     * The configuration of a producer.
     *
     * @param role what it is for, the end of its client id
     * @param bufferBytesMin the least buffer.memory: what the gate lets in must find room
     */
    public Map<String, Object> producer(String role, long bufferBytesMin) {
        Map<String, Object> config = new HashMap<>();
        // Kafka away means waiting, not failing: the device is not acknowledged and the gate closes.
        config.put("delivery.timeout.ms", Integer.toString(Integer.MAX_VALUE));
        config.put("linger.ms", "2");
        // Batches take whole buffers of batch.size, so many partitions need more memory than their bytes.
        config.put("buffer.memory", Long.toString(Math.max(32L << 20, 2 * bufferBytesMin)));
        // Forgetting a topic's metadata would cost a round trip off the loop; topics are few compared to messages.
        config.put("metadata.max.idle.ms", Long.toString(24L * 60 * 60 * 1000));
        // Away for long must not mean back late.
        config.put("reconnect.backoff.max.ms", "1000");
        common(config, role);
        long bufferBytes = Long.parseLong(String.valueOf(config.get("buffer.memory")));
        if (bufferBytes < bufferBytesMin) {
            throw new IllegalArgumentException("kafka.properties.buffer.memory: " + bufferBytes
                    + " (expected: at least " + bufferBytesMin + ", the limit of bytes in flight)");
        }
        return config;
    }

    /**
     * The configuration of a transactional producer, which is used on a thread that may wait.
     *
     * @param role what it is for, the end of its client id
     * @param transactionalId unique among the instances, the same for each start
     */
    public Map<String, Object> transactionalProducer(String role, String transactionalId) {
        Map<String, Object> config = new HashMap<>();
        config.put("linger.ms", "0");
        config.put("reconnect.backoff.max.ms", "1000");
        common(config, role);
        config.put("transactional.id", transactionalId);
        // What a dead instance leaves open stops every reader of its partitions for so long.
        config.put("transaction.timeout.ms", "10000");
        config.put("request.timeout.ms", "5000");
        config.put("delivery.timeout.ms", "10000");
        config.put("max.block.ms", "10000");
        return config;
    }

    /**
     * The configuration of a consumer without a group.
     *
     * @param role what it is for, the end of its client id
     * @param defaults what suits the role, where the operator says nothing
     */
    public Map<String, Object> consumer(String role, Map<String, String> defaults) {
        Map<String, Object> config = new HashMap<>(defaults);
        config.put("max.poll.records", "1000");
        config.put("reconnect.backoff.max.ms", "1000");
        config.put("default.api.timeout.ms", "10000");
        config.put("request.timeout.ms", "10000");
        common(config, role);
        return config;
    }

    /**
     * The configuration of an admin client.
     *
     * @param role what it is for, the end of its client id
     */
    public Map<String, Object> admin(String role) {
        Map<String, Object> config = new HashMap<>();
        config.put("reconnect.backoff.max.ms", "1000");
        config.put("default.api.timeout.ms", "10000");
        config.put("request.timeout.ms", "5000");
        // A login that was refused once fails all that is asked until the metadata is looked at again: by default
        // after five minutes, however soon it would be accepted.
        config.put("metadata.max.age.ms", "5000");
        common(config, role);
        return config;
    }

    private void common(Map<String, Object> config, String role) {
        config.putAll(properties);
        config.putAll(FIXED);
        config.put("bootstrap.servers", bootstrapServers);
        config.put("client.id", clientId + "-" + role);
        if (meters != null && METERED.matcher(role).matches()) {
            Object others = config.getOrDefault("metric.reporters", "org.apache.kafka.common.metrics.JmxReporter");
            config.put("metric.reporters", others + "," + ClientMetrics.class.getName());
            config.put(ClientMetrics.REGISTRY, meters);
        }
    }
}
