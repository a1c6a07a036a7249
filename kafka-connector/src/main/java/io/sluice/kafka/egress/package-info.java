/**
 * Kafka to subscribers: demand decides what is read, one tail a partition hands it over, and whoever is behind the tail
 * reads again from its offset (← mapping, topic; mqtt.port →).
 */
@NullMarked
package io.sluice.kafka.egress;

import org.jspecify.annotations.NullMarked;
