package io.sluice.app.config;

import io.sluice.kafka.format.EgressFormat;
import io.sluice.kafka.mapping.EgressRule;
import io.sluice.kafka.mapping.Partitioner;
import io.sluice.mqtt.message.Qos;
import org.jspecify.annotations.Nullable;

/**
 * A rule from Kafka to MQTT.
 *
 * @param name unique
 * @param topic Kafka topic with captures
 * @param filter template of the MQTT topic
 * @param qos of records that do not say their own
 * @param partitioner what is known of where records are
 * @param payload what payloads are made of, or null for values as they are
 */
public record EgressConfig(
        @Key(value = "Unique among the rules; the `rule` label of the metrics.", byDefault = Key.REQUIRED)
        String name,

        @Key(value = "Kafka topic, or a pattern with captures: `commands.{tenant}`.", byDefault = Key.REQUIRED)
        String topic,

        @Key(value = "MQTT topic, a template of the captures and `{key}`, the record's key.", byDefault = Key.REQUIRED)
        String filter,

        @Key(value = "QoS of a record that does not say its own.", byDefault = "1")
        Qos qos,

        @Key(
                value = "Where in the Kafka topic records are: in `any` partition, or where Kafka's Java client puts "
                        + "their key, `murmur2`; see `ingress[].partitioner`.",
                byDefault = "any")
        Partitioner partitioner,

        @Key("What payloads are made of values. Absent: they are the values, byte for byte.") @Nullable
        PayloadConfig payload) {

    /**
     * What payloads are made of values.
     *
     * @param type the format
     */
    public record PayloadConfig(
            @Key(
                    value =
                            "The payload: the value as it is (`raw`); the JSON of an Avro value (`avro-to-json`); payload and "
                                    + "properties of an envelope (`envelope`); Avro without what is in front of it (`avro`); the "
                                    + "payload that a record of `sparkplug` was made of (`sparkplug`); or what the record's "
                                    + "content type says (`by-content-type`).",
                    byDefault = Key.REQUIRED)
            EgressFormat.Type type) {

        boolean needsSchemas() {
            return type == EgressFormat.Type.AVRO_TO_JSON || type == EgressFormat.Type.AVRO;
        }
    }

    EgressRule toRule() {
        return new EgressRule(name, topic, filter, qos, partitioner);
    }
}
