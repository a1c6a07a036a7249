/** Who a client is, and whether it may come in (← connection; message →). */
@NullMarked
package io.sluice.mqtt.auth;

import org.jspecify.annotations.NullMarked;
