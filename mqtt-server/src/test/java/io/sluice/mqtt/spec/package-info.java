/**
 * The standard as a test suite: one class for each section, raw bytes on a socket, over TCP and WebSocket, whole and
 * byte by byte. {@link io.sluice.mqtt.spec.Conforms} says which statements a test proves; {@code
 * docs/reference/conformance.md} is generated from it.
 */
@NullMarked
package io.sluice.mqtt.spec;

import org.jspecify.annotations.NullMarked;
