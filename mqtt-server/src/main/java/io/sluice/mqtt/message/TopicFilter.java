package io.sluice.mqtt.message;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client subscribes to (MQTT 5, section 4.7): levels, of which '+' stands for any one and a last '#' for any
 * number, its parent included. {@code $share/group/filter} is a shared subscription (section 4.8.2): its levels are
 * those of the inner filter. Immutable and valid by construction.
 */
public final class TopicFilter {

    public static final String SINGLE_LEVEL = "+";
    public static final String MULTI_LEVEL = "#";
    private static final String SHARE_PREFIX = "$share/";

    private final String value;
    private final @Nullable String shareName;
    private final List<String> levels;

    private TopicFilter(String value, @Nullable String shareName, List<String> levels) {
        this.value = value;
        this.shareName = shareName;
        this.levels = levels;
    }

    /**
     * The topic filter with this text.
     *
     * @throws IllegalArgumentException with what was found and what was expected
     */
    public static TopicFilter of(String value) {
        String problem = problem(value);
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
        if (!value.startsWith(SHARE_PREFIX)) {
            return new TopicFilter(value, null, List.of(value.split("/", -1)));
        }
        int end = value.indexOf('/', SHARE_PREFIX.length());
        return new TopicFilter(
                value,
                value.substring(SHARE_PREFIX.length(), end),
                List.of(value.substring(end + 1).split("/", -1)));
    }

    /** What is wrong with this text as a topic filter, or null when nothing is: for input from a peer. */
    public static @Nullable String problem(String value) {
        String problem = TopicText.problem("topic filter", value);
        if (problem != null) {
            return problem;
        }
        if (!value.startsWith(SHARE_PREFIX)) {
            return wildcardProblem(value);
        }
        int end = value.indexOf('/', SHARE_PREFIX.length());
        if (end <= SHARE_PREFIX.length() || end == value.length() - 1) {
            // [MQTT-4.8.2-1]
            return "topic filter: \"" + value + "\" (expected: $share/{name}/{filter})";
        }
        String name = value.substring(SHARE_PREFIX.length(), end);
        if (name.contains("+") || name.contains("#")) {
            // [MQTT-4.8.2-2]
            return "topic filter: wildcard in the share name \"" + name + "\" (expected: none)";
        }
        return wildcardProblem(value.substring(end + 1));
    }

    private static @Nullable String wildcardProblem(String filter) {
        for (int i = 0; i < filter.length(); i++) {
            char c = filter.charAt(i);
            boolean startsLevel = i == 0 || filter.charAt(i - 1) == '/';
            boolean endsFilter = i == filter.length() - 1;
            if (c == '#' && !(startsLevel && endsFilter)) {
                // [MQTT-4.7.1-1]
                return "topic filter: '#' at character " + i + " (expected: alone in the last level)";
            }
            if (c == '+' && !(startsLevel && (endsFilter || filter.charAt(i + 1) == '/'))) {
                // [MQTT-4.7.1-2]
                return "topic filter: '+' at character " + i + " (expected: alone in its level)";
            }
        }
        return null;
    }

    /** The text as the client sent it, with {@code $share/name/} where it has one. */
    public String value() {
        return value;
    }

    public boolean isShared() {
        return shareName != null;
    }

    /** The name of the share, or null for a subscription that is not shared. */
    public @Nullable String shareName() {
        return shareName;
    }

    /** The same without the share; this one when it has none. */
    public TopicFilter unshared() {
        return shareName == null ? this : of(value.substring(SHARE_PREFIX.length() + shareName.length() + 1));
    }

    /** The levels to match, without the share. */
    public List<String> levels() {
        return levels;
    }

    /** Whether the first level is a wildcard, which matches no topic name that starts with '$' [MQTT-4.7.2-1]. */
    public boolean startsWithWildcard() {
        return isWildcard(levels.get(0));
    }

    /** Whether the first level begins with '$': then no name that does not is matched. */
    public boolean isSystem() {
        return levels.get(0).startsWith("$");
    }

    /** Whether the level of a filter is one of the wildcards. */
    public static boolean isWildcard(String level) {
        return level.equals(SINGLE_LEVEL) || level.equals(MULTI_LEVEL);
    }

    /** Whether the filter matches the name. A share matches by its inner filter. Compares levels without allocating. */
    public boolean matches(TopicName name) {
        if (startsWithWildcard() && name.isSystem()) {
            return false;
        }
        String text = name.value();
        int from = 0;
        for (int i = 0; i < levels.size(); i++) {
            String level = levels.get(i);
            if (level.equals(MULTI_LEVEL)) {
                return true;
            }
            if (from > text.length()) {
                return false;
            }
            int slash = text.indexOf('/', from);
            int end = slash < 0 ? text.length() : slash;
            if (!level.equals(SINGLE_LEVEL) && (level.length() != end - from || !text.startsWith(level, from))) {
                return false;
            }
            // Past the end by one marks that there is no further level, as "a/" still has an empty one.
            from = slash < 0 ? text.length() + 1 : slash + 1;
        }
        return from > text.length();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof TopicFilter that && value.equals(that.value));
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return value;
    }
}
