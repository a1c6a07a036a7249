/**
 * The state that survives the process, in compacted Kafka topics: decided, appended, replayed (port ←; client, schemas →).
 */
@NullMarked
package io.sluice.kafka.state;

import org.jspecify.annotations.NullMarked;
