/**
 * MQTT control packets and their bytes: the only place that knows how a packet is laid out, and the last that knows
 * reference counting (← listener, connection; message →).
 */
@NullMarked
package io.sluice.mqtt.codec;

import org.jspecify.annotations.NullMarked;
