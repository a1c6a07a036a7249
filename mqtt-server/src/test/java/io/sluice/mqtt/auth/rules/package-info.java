/** Rules, each against a naive checker. */
@NullMarked
package io.sluice.mqtt.auth.rules;

import org.jspecify.annotations.NullMarked;
