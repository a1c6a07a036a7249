/** Stand-ins for the log, the loops and the clients, with virtual time: shared by the tests of all modules. */
@NullMarked
package io.sluice.mqtt.fake;

import org.jspecify.annotations.NullMarked;
