/** The Kafka side against a real Kafka. */
@NullMarked
package io.sluice.app.kafka;

import org.jspecify.annotations.NullMarked;
