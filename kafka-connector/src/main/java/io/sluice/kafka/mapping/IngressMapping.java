package io.sluice.kafka.mapping;

import io.sluice.mqtt.port.Refusal;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Where a message from a device goes. */
public sealed interface IngressMapping {

    /**
     * To this Kafka topic, with this key.
     *
     * @param rule the rule that matched
     * @param kafkaTopic a legal Kafka name
     * @param key the record's key; not to be written to
     * @param prepared the headers that follow from topic and client alone, encoded once for all messages, or null for
     *     {@link MessageHeaders} to make its own
     */
    @SuppressWarnings("ArrayRecordComponent") // Handed to the producer as it is; nobody compares mappings.
    record Mapped(
            IngressRule rule,
            String kafkaTopic,
            byte[] key,
            @Nullable List<Header> prepared) implements IngressMapping {

        /** Without prepared headers, and so without those of the rule's templates. */
        public Mapped(IngressRule rule, String kafkaTopic, byte[] key) {
            this(rule, kafkaTopic, key, null);
        }
    }

    /**
     * Nowhere.
     *
     * @param ruleName the rule that matched, or "" when none did
     * @param refusal NO_RULE or TOPIC_NAME
     * @param detail what was found and what was expected
     */
    record Unmapped(String ruleName, Refusal refusal, String detail) implements IngressMapping {}
}
