/**
 * Plain JSON, as devices write it, to Avro and back, by a schema. Knows Avro and Jackson; no thread, no clock
 * (← kafka.format).
 */
@NullMarked
package io.sluice.schemas.convert;

import org.jspecify.annotations.NullMarked;
