/**
 * What a client's session remembers and owes: subscriptions, the send window, cursors, QoS 2 ids, the will. Confined to
 * a loop, free of threads, clocks and sockets (← connection, delivery; subscription, port →).
 */
@NullMarked
package io.sluice.mqtt.session;

import org.jspecify.annotations.NullMarked;
