package io.sluice.app.kafka;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.kafka.client.KafkaSettings;
import io.sluice.kafka.client.KafkaUp;
import io.sluice.kafka.egress.EgressSettings;
import io.sluice.kafka.egress.KafkaEgress;
import io.sluice.kafka.ingress.IngressSettings;
import io.sluice.kafka.ingress.KafkaIngress;
import io.sluice.kafka.mapping.IngressRule;
import io.sluice.kafka.mapping.RuleSet;
import io.sluice.kafka.topic.TopicDirectory;
import io.sluice.kafka.topic.TopicProvisioner;
import io.sluice.kafka.topic.TopicSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The whole Kafka side with the rule of a server without configuration. Confined to the test. */
final class KafkaSide implements AutoCloseable {

    final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    final RuleSet rules;
    final TopicDirectory directory;
    final KafkaIngress ingress;
    final KafkaEgress egress;

    KafkaSide(String bootstrapServers, IngressSettings settings, TopicSettings topics) {
        this(bootstrapServers, settings, topics, IngressRule.rest());
    }

    KafkaSide(String bootstrapServers, IngressSettings settings, TopicSettings topics, IngressRule rule) {
        rules = RuleSet.of(List.of(rule), List.of());
        KafkaSettings kafka = new KafkaSettings(bootstrapServers, "sluice-test", Map.of());
        KafkaUp up = new KafkaUp(registry);
        directory = new TopicDirectory(kafka, topics, up);
        TopicProvisioner provisioner = new TopicProvisioner(directory, topics, rules::isReadable, registry);
        ingress = new KafkaIngress(
                kafka,
                settings,
                List.of("test-0", "test-1"),
                KafkaIngress.Surroundings.alone(rules, directory, provisioner, up, registry));
        egress = new KafkaEgress(kafka, EgressSettings.DEFAULTS, rules, directory, registry);
        directory.start();
    }

    KafkaSide(String bootstrapServers) {
        this(bootstrapServers, IngressSettings.DEFAULTS, new TopicSettings(Duration.ofSeconds(1), 1000));
    }

    @Override
    public void close() {
        egress.close();
        ingress.close(Duration.ofSeconds(1));
        directory.close();
    }
}
