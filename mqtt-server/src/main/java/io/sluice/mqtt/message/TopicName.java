package io.sluice.mqtt.message;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The topic that a message is published to (MQTT 5, section 4.7). Immutable and valid by construction: at least one
 * character, at most 65,535 bytes of UTF-8, no wildcard, no U+0000, no unpaired surrogate.
 */
public final class TopicName {

    private final String value;

    private TopicName(String value) {
        this.value = value;
    }

    /**
     * The topic name with this text.
     *
     * @throws IllegalArgumentException with what was found and what was expected
     */
    public static TopicName of(String value) {
        String problem = problem(value);
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
        return new TopicName(value);
    }

    /** What is wrong with this text as a topic name, or null when nothing is: for input from a peer. */
    public static @Nullable String problem(String value) {
        String problem = TopicText.problem("topic name", value);
        if (problem != null) {
            return problem;
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '+' || c == '#') {
                // [MQTT-3.3.2-2], [MQTT-4.7.1-1]
                return "topic name: wildcard '" + c + "' at character " + i + " (expected: none in a topic name)";
            }
        }
        return null;
    }

    public String value() {
        return value;
    }

    /** The levels between the slashes; "/a" has the levels "" and "a". A new array each time. */
    public String[] levels() {
        return value.split("/", -1);
    }

    /** Whether the name starts with '$', which no filter that starts with a wildcard matches [MQTT-4.7.2-1]. */
    public boolean isSystem() {
        return value.charAt(0) == '$';
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof TopicName that && value.equals(that.value));
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(value);
    }

    @Override
    public String toString() {
        return value;
    }
}
