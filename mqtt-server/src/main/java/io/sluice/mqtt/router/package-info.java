/**
 * What happens to a message that a client publishes: into the log, and to the retained messages when it says so
 * (← connection; port →).
 */
@NullMarked
package io.sluice.mqtt.router;

import org.jspecify.annotations.NullMarked;
