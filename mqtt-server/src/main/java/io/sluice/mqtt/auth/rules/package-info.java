/** Rules that say who may publish and subscribe where (← auth's contract; message →). */
@NullMarked
package io.sluice.mqtt.auth.rules;

import org.jspecify.annotations.NullMarked;
