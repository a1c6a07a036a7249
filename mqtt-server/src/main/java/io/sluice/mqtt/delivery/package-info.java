/**
 * The way of a record from the threads of the tails to the sessions on their loops: matched once, handed over in batches
 * (← port, implemented by the Kafka side; subscription, session →).
 */
@NullMarked
package io.sluice.mqtt.delivery;

import org.jspecify.annotations.NullMarked;
