package io.sluice.app.config;

import io.sluice.kafka.mapping.IngressRule;
import io.sluice.kafka.mapping.IngressRule.IllegalName;
import io.sluice.kafka.mapping.Partitioner;
import io.sluice.kafka.mapping.TopicCreation;
import io.sluice.mqtt.message.Qos;
import org.jspecify.annotations.Nullable;

/**
 * A rule from MQTT to Kafka.
 *
 * @param name unique
 * @param filter MQTT filter with named levels
 * @param topic template of the Kafka topic
 * @param key template of the record's key, or null for the whole MQTT topic
 * @param headers which headers, and further ones
 * @param qosMax the highest QoS for publishers
 * @param illegalName what happens to a level that is no legal part of a Kafka name
 * @param subscribe whether subscribers may read the rule's topics
 * @param partitioner what is known of where records are
 * @param create how topics are created
 * @param format what becomes of payloads, or null for nothing
 * @param deadLetter Kafka topic of what does not fit, or null
 */
public record IngressConfig(
        @Key(value = "Unique among the rules; the `rule` label of the metrics.", byDefault = Key.REQUIRED)
        String name,

        @Key(
                value = "MQTT filter: `+` and `#`, or named: `{tenant}` is a level, `{rest...}` all that follow.",
                byDefault = Key.REQUIRED)
        String filter,

        @Key(
                value = "Kafka topic; `{tenant}` is what the filter captured, `{1}` the first level.",
                byDefault = Key.REQUIRED)
        String topic,

        @Key("Key of the record, a template as `topic`, and `{client-id}`. Absent: the whole MQTT topic.") @Nullable
        String key,

        @Key(
                value = "Which `mqtt.*` headers a record carries, `all`, `minimal` or `none`; "
                        + "or a map of further headers, name to template, beside all of them.",
                byDefault = "all")
        RuleHeaders headers,

        @Key(value = "The highest QoS that publishers are granted.", byDefault = "2")
        Qos qosMax,

        @Key(
                value = "What happens to a level that is no legal part of a Kafka topic name: "
                        + "`refuse` the message, or `replace` by an escape under which no two topics meet.",
                byDefault = "refuse")
        IllegalName illegalName,

        @Key(value = "Whether subscribers may read the rule's Kafka topics.", byDefault = "true")
        boolean subscribe,

        @Key(
                value =
                        "Where in the rule's Kafka topics records are: in `any` partition, or where Kafka's Java client "
                                + "puts the rule's key, `murmur2`. With `murmur2` a subscriber whose filter says the key reads one "
                                + "partition instead of all; it misses what other programs put elsewhere (librdkafka does, "
                                + "unless `partitioner` is `murmur2_random` there).",
                byDefault = "any")
        Partitioner partitioner,

        @Key("How the rule's Kafka topics are created on first use.")
        CreateConfig create,

        @Key("What becomes of payloads. Absent: nothing, they are the records' values byte for byte.") @Nullable
        FormatConfig format,

        @Key(
                "Kafka topic of messages whose payload does not fit the format: key, value and headers as they would have been, "
                        + "and `sluice.error.*` headers that say why.")
        @Nullable
        String deadLetter) {

    IngressRule toRule() {
        TopicCreation creation = new TopicCreation(
                create.enabled(),
                create.partitions(),
                (short) create.replicationFactor(),
                create.config().values());
        return new IngressRule(
                name,
                filter,
                topic,
                key,
                qosMax,
                headers.mode(),
                headers.extra(),
                illegalName,
                subscribe,
                partitioner,
                creation);
    }

    /**
     * How topics are created.
     *
     * @param enabled whether they are
     * @param partitions number of partitions, or -1 for the broker's default
     * @param replicationFactor replicas, or -1 for the broker's default
     * @param config Kafka topic configuration
     */
    public record CreateConfig(
            @Key(value = "Whether missing topics are created.", byDefault = "true")
            boolean enabled,

            @Key(
                    value = "Number of partitions; -1 for the broker's default.",
                    byDefault = "-1",
                    min = "-1",
                    unit = "partitions")
            int partitions,

            @Key(
                    value = "Number of replicas; -1 for the broker's default.",
                    byDefault = "-1",
                    min = "-1",
                    max = "32767",
                    unit = "replicas")
            int replicationFactor,

            @Key("Kafka's topic configuration, e.g. `retention.ms: 604800000`.")
            KafkaProperties config) {

        public CreateConfig {
            if (partitions == 0) {
                throw new IllegalArgumentException(
                        "partitions is 0 (expected: 1 or more, or -1 for the broker's default)");
            }
            if (replicationFactor == 0) {
                throw new IllegalArgumentException(
                        "replication-factor is 0 (expected: 1 or more, or -1 for the broker's default)");
            }
        }
    }
}
