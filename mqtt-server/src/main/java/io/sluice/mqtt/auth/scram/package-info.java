/** SCRAM-SHA-256 (RFC 5802, RFC 7677) as an enhanced authentication of MQTT 5. */
@NullMarked
package io.sluice.mqtt.auth.scram;

import org.jspecify.annotations.NullMarked;
