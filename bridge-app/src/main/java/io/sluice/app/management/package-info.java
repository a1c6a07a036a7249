/**
 * The HTTP port for operators: metrics and health. Nothing here is seen by a device, and nothing that a device chose is
 * shown (← runtime, mqtt.port; Micrometer, Reactor Netty →).
 */
@NullMarked
package io.sluice.app.management;

import org.jspecify.annotations.NullMarked;
