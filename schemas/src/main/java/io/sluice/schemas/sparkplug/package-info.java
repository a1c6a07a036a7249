/**
 * Sparkplug B messages to Avro records: topics, payloads by the generated classes of {@code proto}, and what births say of
 * metrics. No thread, no clock (← kafka.format; convert →).
 */
@NullMarked
package io.sluice.schemas.sparkplug;

import org.jspecify.annotations.NullMarked;
