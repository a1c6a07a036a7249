package io.sluice.mqtt.port;

import io.sluice.mqtt.message.Message;

/**
 * A message where it stands in the log.
 *
 * @param offset its offset in the partition
 * @param timestampMillis the record's time in ms since 1970
 * @param message the message, as mapped by a rule
 */
public record LogRecord(long offset, long timestampMillis, Message message) {}
