/** What the meters of all parts have in common: complete tables of series, and the buckets of histograms. */
@NullMarked
package io.sluice.mqtt.metrics;

import org.jspecify.annotations.NullMarked;
