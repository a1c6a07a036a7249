package io.sluice.kafka.mapping;

import io.sluice.mqtt.message.TopicFilter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rules' filters by level. Finds the first rule of the list, not the most specific one: a branch that holds only
 * later rules than the best so far is not walked.
 */
final class RuleTrie {

    private static final int NONE = Integer.MAX_VALUE;

    private final Node root = new Node();

    RuleTrie(List<TopicFilter> filters) {
        for (int i = 0; i < filters.size(); i++) {
            add(filters.get(i), i);
        }
    }

    private void add(TopicFilter filter, int rule) {
        Node node = root;
        node.least = Math.min(node.least, rule);
        for (String level : filter.levels()) {
            if (level.equals(TopicFilter.MULTI_LEVEL)) {
                node.open = Math.min(node.open, rule);
                return;
            }
            node = level.equals(TopicFilter.SINGLE_LEVEL)
                    ? node.anyLevel()
                    : node.byLevel.computeIfAbsent(level, key -> new Node());
            node.least = Math.min(node.least, rule);
        }
        node.end = Math.min(node.end, rule);
    }

    /** The place in the list of the first rule that matches, or -1. */
    int first(String[] levels) {
        int found = first(root, levels, 0, NONE);
        return found == NONE ? -1 : found;
    }

    private static int first(Node node, String[] levels, int depth, int best) {
        if (node.least >= best) {
            return best;
        }
        // [MQTT-4.7.2-1]
        boolean wildcardMatches = depth > 0 || !levels[0].startsWith("$");
        int found = wildcardMatches ? Math.min(best, node.open) : best;
        if (depth == levels.length) {
            return Math.min(found, node.end);
        }
        Node literal = node.byLevel.get(levels[depth]);
        if (literal != null) {
            found = first(literal, levels, depth + 1, found);
        }
        if (node.any != null && wildcardMatches) {
            found = first(node.any, levels, depth + 1, found);
        }
        return found;
    }

    private static final class Node {
        private final Map<String, Node> byLevel = new HashMap<>();
        private @Nullable Node any;
        private int least = NONE;
        private int open = NONE;
        private int end = NONE;

        private Node anyLevel() {
            Node node = any;
            if (node == null) {
                node = new Node();
                any = node;
            }
            return node;
        }
    }
}
