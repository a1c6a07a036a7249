/**
 * MQTT control packets and their bytes: the only place that knows Netty's MQTT codec, and the last that knows reference
 * counting (← connection; message →).
 */
@NullMarked
package io.sluice.mqtt.codec;

import org.jspecify.annotations.NullMarked;
