/** A load tool for any MQTT server: publishers and subscribers that check what arrives. Knows nothing of Sluice. */
@NullMarked
package io.sluice.benchmarks.load;

import org.jspecify.annotations.NullMarked;
