/**
 * Avro records of Sluice's state in Kafka, and the codec for them. Knows Avro only; stands at the durable end of the way
 * (← kafka.state).
 */
@NullMarked
package io.sluice.schemas;

import org.jspecify.annotations.NullMarked;
