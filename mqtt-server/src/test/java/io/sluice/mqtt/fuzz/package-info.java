/** Random packets, legal and not, from several clients at once, against the pipeline of a real connection. */
@NullMarked
package io.sluice.mqtt.fuzz;

import org.jspecify.annotations.NullMarked;
