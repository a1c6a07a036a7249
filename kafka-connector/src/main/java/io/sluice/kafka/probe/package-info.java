/** Looks for a record as any other program would: what {@code sluice probe} asks Kafka (client →). */
@NullMarked
package io.sluice.kafka.probe;

import org.jspecify.annotations.NullMarked;
