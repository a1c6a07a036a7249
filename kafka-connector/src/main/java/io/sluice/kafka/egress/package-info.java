/**
 * The way out: tails read what is in demand, readers catch up (Kafka's consumer, mapping, topic → mqtt's ports Egress
 * and DeliverySink →). Plain threads; nothing here runs on an event loop.
 */
@NullMarked
package io.sluice.kafka.egress;

import org.jspecify.annotations.NullMarked;
