/**
 * Sessions and retained messages in memory, behind the ports that a durable store implements (← session, router; port →).
 */
@NullMarked
package io.sluice.mqtt.store;

import org.jspecify.annotations.NullMarked;
