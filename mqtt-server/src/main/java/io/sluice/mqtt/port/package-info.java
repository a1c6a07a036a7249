/**
 * What the MQTT side needs from a partitioned log and from a store, as interfaces of its own. Knows messages and
 * Reactor's types; implemented by the Kafka side (← router, session; mapping, ingress, egress, state →).
 */
@NullMarked
package io.sluice.mqtt.port;

import org.jspecify.annotations.NullMarked;
