/** Kafka goes away and comes back under load. */
@NullMarked
package io.sluice.app.outage;

import org.jspecify.annotations.NullMarked;
