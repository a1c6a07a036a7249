package io.sluice.kafka.mapping;

import io.sluice.kafka.mapping.IngressRule.HeaderMode;
import io.sluice.kafka.mapping.IngressRule.IllegalName;
import io.sluice.mqtt.message.Qos;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rules for tests, with the defaults of the configuration. */
final class Rules {

    private Rules() {}

    static IngressRule ingress(String name, String filter, String topic, @Nullable String key) {
        return ingress(name, filter, topic, key, HeaderMode.ALL, IllegalName.REFUSE);
    }

    static IngressRule ingress(
            String name, String filter, String topic, @Nullable String key, HeaderMode mode, IllegalName illegalName) {
        return new IngressRule(
                name,
                filter,
                topic,
                key,
                Qos.EXACTLY_ONCE,
                mode,
                Map.of(),
                illegalName,
                true,
                Partitioner.ANY,
                TopicCreation.BROKER_DEFAULTS);
    }

    static IngressRule unreadable(String name, String filter, String topic) {
        return new IngressRule(
                name,
                filter,
                topic,
                null,
                Qos.EXACTLY_ONCE,
                HeaderMode.ALL,
                Map.of(),
                IllegalName.REFUSE,
                false,
                Partitioner.ANY,
                TopicCreation.BROKER_DEFAULTS);
    }

    static IngressRule withHeaders(String filter, String topic, Map<String, String> headers) {
        return new IngressRule(
                "headers",
                filter,
                topic,
                null,
                Qos.EXACTLY_ONCE,
                HeaderMode.ALL,
                headers,
                IllegalName.REFUSE,
                true,
                Partitioner.ANY,
                TopicCreation.BROKER_DEFAULTS);
    }

    static EgressRule egress(String name, String topic, String filter) {
        return new EgressRule(name, topic, filter, Qos.AT_LEAST_ONCE, Partitioner.ANY);
    }

    /** The same rule, whose records are where Kafka's Java client puts their keys. */
    static IngressRule keyed(IngressRule rule) {
        return new IngressRule(
                rule.name(),
                rule.filter(),
                rule.topic(),
                rule.key(),
                rule.qosMax(),
                rule.headerMode(),
                rule.headers(),
                rule.illegalName(),
                rule.subscribe(),
                Partitioner.MURMUR2,
                rule.creation());
    }

    static EgressRule keyed(EgressRule rule) {
        return new EgressRule(rule.name(), rule.topic(), rule.filter(), rule.qos(), Partitioner.MURMUR2);
    }
}
