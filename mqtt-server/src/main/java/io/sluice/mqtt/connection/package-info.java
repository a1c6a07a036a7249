/**
 * One network connection: handshake, keep-alive, reading as backpressure allows, acknowledging in order (← listener;
 * codec, auth, session, router →).
 */
@NullMarked
package io.sluice.mqtt.connection;

import org.jspecify.annotations.NullMarked;
