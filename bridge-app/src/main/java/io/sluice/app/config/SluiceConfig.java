package io.sluice.app.config;

import io.sluice.kafka.mapping.EgressRule;
import io.sluice.kafka.mapping.IngressRule;
import java.util.List;
import java.util.Map;

/**
 * The whole configuration, checked. Immutable; the maps keep the order in which they were written.
 *
 * @param listeners by name
 * @param ingress rules from MQTT to Kafka, the first match wins
 * @param egress rules from Kafka to MQTT
 * @param kafka the Kafka cluster
 * @param sessions what a session may hold
 * @param mqtt what clients are told and held to
 * @param limits what the process may hold
 * @param management the HTTP port for operators
 * @param observability logs
 * @param drain how the process stops
 */
@Later({"authentication", "authorization", "schema-registry"})
public record SluiceConfig(
        @Key("Where devices connect, by name. Two are built in and used while no file has a `listeners` key: "
                + "`mqtt` (tcp, 127.0.0.1:1883) and `ws` (ws, 127.0.0.1:8083).")
        Map<String, ListenerConfig> listeners,

        @Key("Rules from MQTT to Kafka, in order: the first whose filter matches decides. "
                + "While no file has this key, one rule `rest` maps `#` to `mqtt.{1}` with `illegal-name: replace`.")
        List<IngressConfig> ingress,

        @Key("Rules from Kafka to MQTT, for topics that other programs write.")
        List<EgressConfig> egress,

        @Key("The Kafka cluster.") KafkaConfig kafka,
        @Key("What a session may hold.") SessionsConfig sessions,
        @Key("What clients are told and held to.") MqttConfig mqtt,
        @Key("What the process may hold.") LimitsConfig limits,

        @Key("The HTTP port for operators: metrics and health.")
        ManagementConfig management,

        @Key("Logs.") ObservabilityConfig observability,
        @Key("How the process stops.") DrainConfig drain) {

    /** The ingress rules as the mapping takes them. */
    public List<IngressRule> ingressRules() {
        return ingress.stream().map(IngressConfig::toRule).toList();
    }

    /** The egress rules as the mapping takes them. */
    public List<EgressRule> egressRules() {
        return egress.stream().map(EgressConfig::toRule).toList();
    }
}
