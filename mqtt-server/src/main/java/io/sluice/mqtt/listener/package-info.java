/**
 * Sockets: binds, accepts, and builds each connection's pipeline up to the packets (← network; codec, connection →).
 */
@NullMarked
package io.sluice.mqtt.listener;

import org.jspecify.annotations.NullMarked;
