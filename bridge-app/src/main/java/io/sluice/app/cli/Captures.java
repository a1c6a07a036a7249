package io.sluice.app.cli;

import io.sluice.mqtt.message.TopicName;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the named levels of a rule's filter stand for in a topic that it matches; for people. */
final class Captures {

    private Captures() {}

    /** Name to text, in the filter's order. */
    static Map<String, String> of(String filter, TopicName topicName) {
        String[] pattern = filter.split("/", -1);
        String[] levels = topicName.levels();
        Map<String, String> captures = new LinkedHashMap<>();
        for (int i = 0; i < pattern.length; i++) {
            String level = pattern[i];
            if (level.startsWith("{") && level.endsWith("...}")) {
                String rest = String.join("/", Arrays.copyOfRange(levels, Math.min(i, levels.length), levels.length));
                captures.put(level.substring(1, level.length() - "...}".length()), rest);
            } else if (level.startsWith("{") && level.endsWith("}") && i < levels.length) {
                captures.put(level.substring(1, level.length() - 1), levels[i]);
            }
        }
        return captures;
    }
}
