package io.sluice.mqtt.auth.rules;

import io.sluice.mqtt.message.TopicFilter;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Every topic of at most four levels over a small alphabet, and every filter of at most three levels and '#', with what
 * it matches by the letter of section 4.7. Two values of the alphabet are in no filter: they stand for any other text.
 */
final class Universe {

    private static final List<String> IN_FILTERS = List.of("", "a", "b", "$s");
    private static final List<String> ALPHABET = List.of("", "a", "b", "$s", "z", "$z");

    final List<String> topics = new ArrayList<>();
    final List<String> filters = new ArrayList<>();
    /** By filter: the indexes of the topics that it matches. */
    final List<BitSet> matched = new ArrayList<>();

    Universe() {
        addTopics("", 4);
        List<String> levels = new ArrayList<>(IN_FILTERS);
        levels.add("+");
        filters.add("#");
        addFilters("", levels, 3);
        for (String filter : filters) {
            BitSet set = new BitSet();
            for (int i = 0; i < topics.size(); i++) {
                set.set(i, matches(filter, topics.get(i)));
            }
            matched.add(set);
        }
    }

    private void addTopics(String before, int more) {
        for (String level : ALPHABET) {
            String topic = before + level;
            if (!topic.isEmpty()) {
                topics.add(topic);
            }
            if (more > 1) {
                addTopics(topic + "/", more - 1);
            }
        }
    }

    private void addFilters(String before, List<String> levels, int more) {
        for (String level : levels) {
            String filter = before + level;
            if (!filter.isEmpty()) {
                filters.add(filter);
            }
            filters.add(filter + "/#");
            if (more > 1) {
                addFilters(filter + "/", levels, more - 1);
            }
        }
    }

    /** By the letter: level by level, a last '#' with the parent, no '$' for a wildcard at the beginning. */
    static boolean matches(String filter, String topic) {
        String[] f = filter.split("/", -1);
        String[] t = topic.split("/", -1);
        if (topic.startsWith("$") && TopicFilter.isWildcard(f[0])) {
            return false;
        }
        for (int i = 0; i < f.length; i++) {
            if (f[i].equals("#")) {
                return true;
            }
            if (i >= t.length || !(f[i].equals("+") || f[i].equals(t[i]))) {
                return false;
            }
        }
        return f.length == t.length;
    }
}
