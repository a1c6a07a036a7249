package io.sluice.mqtt.auth.rules;

import io.sluice.mqtt.auth.Action;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A rule: who may do what where, or may not. Immutable.
 *
 * @param name what a {@link io.sluice.mqtt.auth.Decision} calls it
 * @param allow whether it allows or denies
 * @param actions what it is about; {@link Action#PUBLISH} includes {@link Action#RETAIN} and {@link Action#WILL}
 * @param topics where; one has to match
 * @param conditions whom it is about
 */
public record Rule(String name, boolean allow, Set<Action> actions, List<TopicPattern> topics, Conditions conditions) {

    public Rule {
        actions = Set.copyOf(actions);
        topics = List.copyOf(topics);
        if (actions.isEmpty() || topics.isEmpty()) {
            throw new IllegalArgumentException("rule without an action or a topic");
        }
    }

    /** Whether it decides about the action. */
    boolean isAbout(Action action) {
        return actions.contains(action)
                || (actions.contains(Action.PUBLISH) && (action == Action.RETAIN || action == Action.WILL));
    }

    /** The first of the rules before it because of which it never decides anything, if there is one. */
    public Optional<Rule> hiddenBy(List<Rule> earlier) {
        Rule found = null;
        for (Action action : Action.values()) {
            for (TopicPattern topic : isAbout(action) ? topics : List.<TopicPattern>of()) {
                Optional<Rule> hiding = earlier.stream()
                        .filter(rule -> rule.isAbout(action) && rule.hides(topic, this))
                        .findFirst();
                if (hiding.isEmpty()) {
                    return Optional.empty();
                }
                found = found == null ? hiding.get() : found;
            }
        }
        return Optional.ofNullable(found);
    }

    private boolean hides(TopicPattern topic, Rule later) {
        LevelFilter theirs = later.allow ? topic.plain() : topic.widened();
        return conditions.include(later.conditions)
                && topics.stream().anyMatch(mine -> mine.plain().covers(theirs));
    }

    /** As it would be written in YAML. */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        Set<Action> ordered = EnumSet.copyOf(actions);
        add(parts, allow ? "allow" : "deny", ordered.stream().map(Action::id).toList());
        add(parts, "topic", topics);
        add(parts, "user", new TreeSet<>(conditions.users()));
        add(parts, "group", new TreeSet<>(conditions.groups()));
        add(parts, "client", new TreeSet<>(conditions.clients()));
        add(parts, "listener", new TreeSet<>(conditions.listeners()));
        add(parts, "source", conditions.sources());
        return "{" + String.join(", ", parts) + "}";
    }

    private static void add(List<String> parts, String key, Collection<?> words) {
        List<String> shown = words.stream().map(word -> quoted(word.toString())).toList();
        if (!shown.isEmpty()) {
            parts.add(key + ": "
                    + (shown.size() == 1 ? shown.get(0) : shown.stream().collect(Collectors.joining(", ", "[", "]"))));
        }
    }

    private static String quoted(String word) {
        return word.matches("[A-Za-z][A-Za-z0-9_-]*") ? word : "\"" + escaped(word) + "\"";
    }

    /** A rule is shown on one line, whatever is in it. */
    private static String escaped(String word) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (Character.isISOControl(c)) {
                text.append(String.format("\\x%02x", (int) c));
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }
}
