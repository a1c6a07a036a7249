package io.sluice.kafka.mapping;

import io.sluice.mqtt.port.Refusal;

/** Where a message from a device goes. */
public sealed interface IngressMapping {

    /**
     * To this Kafka topic, with this key.
     *
     * @param rule the rule that matched
     * @param kafkaTopic a legal Kafka name
     * @param key the record's key; not to be written to
     */
    record Mapped(IngressRule rule, String kafkaTopic, byte[] key) implements IngressMapping {}

    /**
     * Nowhere.
     *
     * @param ruleName the rule that matched, or "" when none did
     * @param refusal NO_RULE or TOPIC_NAME
     * @param detail what was found and what was expected
     */
    record Unmapped(String ruleName, Refusal refusal, String detail) implements IngressMapping {}
}
