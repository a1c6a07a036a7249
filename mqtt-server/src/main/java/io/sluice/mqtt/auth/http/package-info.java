/** Users by asking another server (a webhook). */
@NullMarked
package io.sluice.mqtt.auth.http;

import org.jspecify.annotations.NullMarked;
