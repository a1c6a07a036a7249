/** Sluice as its users meet it: real clients on real sockets, and Kafka programs on the other side. */
@NullMarked
package io.sluice.app.it;

import org.jspecify.annotations.NullMarked;
