/** No event loop ever waits: watched in all tests. */
@NullMarked
package io.sluice.mqtt.guard;

import org.jspecify.annotations.NullMarked;
