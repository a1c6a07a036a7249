/**
 * Rules between MQTT topics and Kafka topics, both ways: pure functions without client, thread or clock
 * (← ingress, egress; mqtt.message, Kafka's headers →).
 */
@NullMarked
package io.sluice.kafka.mapping;

import org.jspecify.annotations.NullMarked;
