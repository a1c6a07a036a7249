/**
 * Which Kafka topics there are, and how rules make new ones. Admin requests only, never on an event loop
 * (← ingress, egress; Kafka's admin client →).
 */
@NullMarked
package io.sluice.kafka.topic;

import org.jspecify.annotations.NullMarked;
