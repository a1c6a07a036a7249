/**
 * The words that both sides of the bridge speak: message, topic name, topic filter, QoS. Knows the JDK only and stands
 * beside the flow, not in it.
 */
@NullMarked
package io.sluice.mqtt.message;

import org.jspecify.annotations.NullMarked;
