package io.sluice.kafka.mapping;

import io.sluice.mqtt.message.TopicFilter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A set of MQTT topics, as wide as what is known of them asks.
 *
 * @param levels the known levels, null for any
 * @param open whether further levels may follow
 * @param system whether its topics may start with '$'
 */
record LevelPattern(List<@Nullable String> levels, boolean open, boolean system) {

    /** Whether the filter can match one of the topics; never false when it can. */
    boolean meets(TopicFilter filter) {
        List<String> wanted = filter.levels();
        if (isExcludedSystemTopic(filter)) {
            return false;
        }
        for (int i = 0; i < wanted.size(); i++) {
            String level = wanted.get(i);
            if (level.equals(TopicFilter.MULTI_LEVEL)) {
                return true;
            }
            if (i == levels.size()) {
                return open;
            }
            String known = levels.get(i);
            if (known != null && !level.equals(TopicFilter.SINGLE_LEVEL) && !known.equals(level)) {
                return false;
            }
        }
        return wanted.size() == levels.size();
    }

    /** Whether a topic is one of them. */
    boolean contains(String topicName) {
        String[] actual = topicName.split("/", -1);
        if (actual.length < levels.size() || (actual.length > levels.size() && !open)) {
            return false;
        }
        for (int i = 0; i < levels.size(); i++) {
            String known = levels.get(i);
            if (known != null && !known.equals(actual[i])) {
                return false;
            }
        }
        return system || !topicName.startsWith("$");
    }

    /** [MQTT-4.7.2-1] in both directions: a wildcard of the filter, or of the rule, is no '$'. */
    private boolean isExcludedSystemTopic(TopicFilter filter) {
        if (!filter.startsWithWildcard()) {
            return !system && filter.levels().get(0).startsWith("$");
        }
        String first = levels.get(0);
        return first != null && first.startsWith("$");
    }
}
