package io.sluice.app.config;

import io.sluice.kafka.format.EgressFormat;
import io.sluice.kafka.format.RuleFormats;
import io.sluice.kafka.mapping.EgressRule;
import io.sluice.kafka.mapping.IngressRule;
import io.sluice.mqtt.auth.rules.Rule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The whole configuration, checked. Immutable; the maps keep the order in which they were written.
 *
 * @param listeners by name
 * @param authentication ways to prove who one is, by name
 * @param authorization rules of who may do what, the first match wins; null when nobody is asked
 * @param ingress rules from MQTT to Kafka, the first match wins
 * @param egress rules from Kafka to MQTT
 * @param kafka the Kafka cluster
 * @param schemaRegistry where schemas come from
 * @param instance who this process is
 * @param sessions what a session may hold
 * @param mqtt what clients are told and held to
 * @param limits what the process may hold
 * @param management the HTTP port for operators
 * @param observability logs
 * @param drain how the process stops
 */
public record SluiceConfig(
        @Key("Where devices connect, by name. Two are built in and used while no file has a `listeners` key: "
                + "`mqtt` (tcp, 127.0.0.1:1883) and `ws` (ws, 127.0.0.1:8083).")
        Map<String, ListenerConfig> listeners,

        @Key("Ways in which clients prove who they are, by name; a listener says by `auth` which one is its own.")
        Map<String, AuthenticationConfig> authentication,

        @Key(
                "Who may publish and subscribe where, in order: the first rule that is about the client, the action and the "
                        + "topic decides, and what none is about is denied. While no file has this key, everything is allowed; "
                        + "with the key and without a rule, nothing is.")
        @Nullable
        List<AuthorizationConfig> authorization,

        @Key("Rules from MQTT to Kafka, in order: the first whose filter matches decides. "
                + "While no file has this key, one rule `rest` maps `#` to `mqtt.{1}` with `illegal-name: replace`.")
        List<IngressConfig> ingress,

        @Key("Rules from Kafka to MQTT, for topics that other programs write.")
        List<EgressConfig> egress,

        @Key("The Kafka cluster.") KafkaConfig kafka,
        @Key("Where schemas come from.") SchemaRegistryConfig schemaRegistry,

        @Key("Who this process is among the instances on one Kafka.")
        InstanceConfig instance,

        @Key("What a session may hold.") SessionsConfig sessions,
        @Key("What clients are told and held to.") MqttConfig mqtt,
        @Key("What the process may hold.") LimitsConfig limits,

        @Key("The HTTP port for operators: metrics and health.")
        ManagementConfig management,

        @Key("Logs.") ObservabilityConfig observability,
        @Key("How the process stops.") DrainConfig drain) {

    /** The rules of who may do what, by their places in the list; empty when there is no list. */
    public Optional<List<Rule>> authorizationRules() {
        if (authorization == null) {
            return Optional.empty();
        }
        List<Rule> rules = new ArrayList<>();
        for (AuthorizationConfig rule : authorization) {
            rules.add(rule.toRule("authorization[" + rules.size() + "]"));
        }
        return Optional.of(List.copyOf(rules));
    }

    /** The ingress rules as the mapping takes them. */
    public List<IngressRule> ingressRules() {
        return ingress.stream().map(IngressConfig::toRule).toList();
    }

    /** The formats of the ingress rules that have one, by their names. */
    public Map<String, RuleFormats.Rule> ingressFormats() {
        Map<String, RuleFormats.Rule> formats = new LinkedHashMap<>();
        for (IngressConfig rule : ingress) {
            FormatConfig format = rule.format();
            if (format != null) {
                formats.put(
                        rule.name(),
                        new RuleFormats.Rule(rule.filter(), format.toSettings(rule.deadLetter()), rule.subscribe()));
            }
        }
        return formats;
    }

    /** The formats of the egress rules that have one, by their names. */
    public Map<String, EgressFormat.Type> egressFormats() {
        Map<String, EgressFormat.Type> formats = new LinkedHashMap<>();
        for (EgressConfig rule : egress) {
            EgressConfig.PayloadConfig payload = rule.payload();
            if (payload != null) {
                formats.put(rule.name(), payload.type());
            }
        }
        return formats;
    }

    /** The Kafka topics of what does not fit. */
    public List<String> deadLetterTopics() {
        return ingress.stream()
                .map(IngressConfig::deadLetter)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    /** The egress rules as the mapping takes them. */
    public List<EgressRule> egressRules() {
        return egress.stream().map(EgressConfig::toRule).toList();
    }
}
