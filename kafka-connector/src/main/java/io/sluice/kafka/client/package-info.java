/** What all Kafka clients of Sluice share: their settings and whether Kafka answers (← topic, ingress, egress). */
@NullMarked
package io.sluice.kafka.client;

import org.jspecify.annotations.NullMarked;
