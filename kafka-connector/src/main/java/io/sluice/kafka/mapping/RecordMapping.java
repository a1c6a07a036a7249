package io.sluice.kafka.mapping;

import io.sluice.mqtt.message.Message;

/** What a Kafka record is to subscribers. */
public sealed interface RecordMapping {

    /** A message. */
    record Mapped(String ruleName, Message message) implements RecordMapping {}

    /**
     * Nothing: the record is passed over and counted, never a reason to stop.
     *
     * @param ruleName the rule that should have mapped it, or "" when none fits the topic
     * @param reason which of a closed list
     * @param detail what was found and what was expected
     */
    record Skipped(String ruleName, SkipReason reason, String detail) implements RecordMapping {}
}
