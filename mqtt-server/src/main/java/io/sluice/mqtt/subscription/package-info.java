/**
 * Which subscriptions match a topic name. Knows message alone and holds whatever its user subscribes (← session; message,
 * delivery →).
 */
@NullMarked
package io.sluice.mqtt.subscription;

import org.jspecify.annotations.NullMarked;
