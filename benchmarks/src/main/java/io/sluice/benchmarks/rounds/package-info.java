/** Sluice, the floor and mosquitto in interleaved rounds, and the table of it. Starts them all, as processes of their own. */
@NullMarked
package io.sluice.benchmarks.rounds;

import org.jspecify.annotations.NullMarked;
