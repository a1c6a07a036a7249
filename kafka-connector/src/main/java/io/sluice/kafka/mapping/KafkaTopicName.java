package io.sluice.kafka.mapping;

import org.jspecify.annotations.Nullable;

/** What Kafka takes as the name of a topic, and which names are nobody's to write to. */
final class KafkaTopicName {

    /** Kafka's own limit: a name and the partition's suffix must fit a file name. */
    static final int CHARACTERS_MAX = 249;

    private KafkaTopicName() {}

    static boolean isLegal(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }

    /** The first character that cannot stand in a name, or -1. */
    static int illegalAt(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isLegal(text.charAt(i))) {
                return i;
            }
        }
        return -1;
    }

    /** What is wrong with the name, or null when nothing is. */
    static @Nullable String problem(String name) {
        if (name.isEmpty() || name.equals(".") || name.equals("..")) {
            return "Kafka topic: " + Quoted.of(name) + " (expected: a name other than \"\", \".\" and \"..\")";
        }
        if (name.length() > CHARACTERS_MAX) {
            return "Kafka topic: " + name.length() + " characters (expected: at most " + CHARACTERS_MAX + ")";
        }
        int illegal = illegalAt(name);
        if (illegal >= 0) {
            return "Kafka topic: " + Quoted.of(name) + " has an illegal character at " + illegal
                    + " (expected: letters, digits, '.', '_' and '-')";
        }
        return null;
    }
}
