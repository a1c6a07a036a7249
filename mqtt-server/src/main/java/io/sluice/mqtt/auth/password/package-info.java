/** Users by name and password, from a file. */
@NullMarked
package io.sluice.mqtt.auth.password;

import org.jspecify.annotations.NullMarked;
