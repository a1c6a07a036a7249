package io.sluice.kafka.mapping;

import io.sluice.mqtt.message.Qos;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A rule from MQTT to Kafka as it is written in the configuration; readable backwards unless subscribe is false.
 *
 * @param name unique; the metrics' label
 * @param filter MQTT filter with named levels, e.g. {@code telemetry/{tenant}/{device}/#} or {@code a/{rest...}}
 * @param topic template of the Kafka topic, e.g. {@code telemetry.{tenant}}
 * @param key template of the record's key, or null for the whole MQTT topic
 * @param qosMax the highest QoS that is granted to publishers
 * @param headerMode which of the mqtt.* headers are written
 * @param headers further headers, by templates
 * @param illegalName what happens to a level that is no legal part of a Kafka name
 * @param subscribe whether subscribers may read its Kafka topics
 * @param partitioner what is known of where its records are
 * @param creation how topics are created
 */
public record IngressRule(
        String name,
        String filter,
        String topic,
        @Nullable String key,
        Qos qosMax,
        HeaderMode headerMode,
        Map<String, String> headers,
        IllegalName illegalName,
        boolean subscribe,
        Partitioner partitioner,
        TopicCreation creation) {

    /** Which of the mqtt.* headers a record carries. */
    public enum HeaderMode {
        ALL,
        /** Only {@code mqtt.topic}, and only when the key does not say it. */
        MINIMAL,
        NONE
    }

    /** What happens to a captured level that cannot stand in a Kafka topic name. */
    public enum IllegalName {
        REFUSE,
        /** Replaced by an injective escape: two MQTT topics never meet in one Kafka topic because of it. */
        REPLACE
    }

    /** The rule of a server without configuration: {@code #} to {@code mqtt.{1}}. */
    public static IngressRule rest() {
        return new IngressRule(
                "rest",
                "#",
                "mqtt.{1}",
                null,
                Qos.EXACTLY_ONCE,
                HeaderMode.ALL,
                Map.of(),
                IllegalName.REPLACE,
                true,
                Partitioner.ANY,
                TopicCreation.BROKER_DEFAULTS);
    }
}
