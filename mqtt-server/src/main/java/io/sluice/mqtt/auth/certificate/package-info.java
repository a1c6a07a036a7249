/** Users by the certificates that TLS has verified. */
@NullMarked
package io.sluice.mqtt.auth.certificate;

import org.jspecify.annotations.NullMarked;
