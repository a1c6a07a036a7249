package io.sluice.kafka.log;

import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A record of a state topic as it is replayed.
 *
 * @param partition where it is
 * @param offset at which offset
 * @param timestampMillis Kafka's record time
 * @param key its key, never null: a record without one is passed over
 * @param value its value, or null for a tombstone
 * @param headers its headers
 */
public record StateRecord(
        int partition, long offset, long timestampMillis, byte[] key, byte @Nullable [] value, Headers headers) {}
