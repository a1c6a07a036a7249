package io.sluice.kafka.mapping;

import io.sluice.mqtt.message.Qos;

/**
 * A rule from Kafka to MQTT as it is written in the configuration.
 *
 * @param name unique; the metrics' label
 * @param topic Kafka topic, or a pattern with captures, e.g. {@code commands.{tenant}}
 * @param filter template of the MQTT topic, e.g. {@code commands/{tenant}/{key}}; {key} is the record's key
 * @param qos the QoS of a record that does not say its own
 * @param partitioner what is known of where its records are
 */
public record EgressRule(String name, String topic, String filter, Qos qos, Partitioner partitioner) {}
