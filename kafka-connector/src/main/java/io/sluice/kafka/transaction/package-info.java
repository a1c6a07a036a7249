/** Transactions that many share: both, or neither, into Kafka. */
@NullMarked
package io.sluice.kafka.transaction;

import org.jspecify.annotations.NullMarked;
