/**
 * What the guarantee really is: the configuration of Kafka's topics, read and judged in plain words. Admin requests only,
 * never on an event loop (← app; Kafka's admin client →).
 */
@NullMarked
package io.sluice.kafka.audit;

import org.jspecify.annotations.NullMarked;
