/** Sluice as it is delivered: its image beside Kafka's official one, where there is an engine for containers. */
@NullMarked
package io.sluice.app.containers;

import org.jspecify.annotations.NullMarked;
