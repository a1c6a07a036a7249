package io.sluice.kafka.mapping;

import org.jspecify.annotations.Nullable;

/**
 * What a rule makes of a record: a text that may be an MQTT topic, or why there is none.
 *
 * @param topicName not checked yet, or null
 * @param problem null when there is a topic
 */
record Backwards(@Nullable String topicName, @Nullable String problem) {

    static Backwards to(String topicName) {
        return new Backwards(topicName, null);
    }

    static Backwards refused(String problem) {
        return new Backwards(null, problem);
    }
}
