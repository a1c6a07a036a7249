/** Kafka's clock, as its record times tell it: the one clock of all instances (port ←; client →). */
@NullMarked
package io.sluice.kafka.clock;

import org.jspecify.annotations.NullMarked;
