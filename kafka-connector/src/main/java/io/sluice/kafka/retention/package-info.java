/** How long Kafka's retention leaves what sessions still need (← app; client →). */
@NullMarked
package io.sluice.kafka.retention;

import org.jspecify.annotations.NullMarked;
