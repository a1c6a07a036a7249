/**
 * The way in: mapping, topic readiness, the producer gate, Kafka's producer (← mqtt's port Ingress; mapping, topic →).
 * Never knows a channel; a connection's side runs on its loop, Kafka's side on the producer's thread.
 */
@NullMarked
package io.sluice.kafka.ingress;

import org.jspecify.annotations.NullMarked;
