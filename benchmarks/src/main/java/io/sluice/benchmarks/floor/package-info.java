/** The thinnest bridge between MQTT and Kafka that can exist: what every other bridge is compared against. */
@NullMarked
package io.sluice.benchmarks.floor;

import org.jspecify.annotations.NullMarked;
