package io.sluice.mqtt.auth.rules;

import io.sluice.mqtt.message.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A topic filter as rules compare it: some levels, and whether more may follow. Immutable.
 *
 * <p>A filter with a last '#' matches its parent too, so {@code a/#} is the level {@code a} and more. Two forms are
 * brought to the one that says how many levels a name has at least, as no name is empty: {@code #} to {@code +/#}, and
 * {@code /#} to {@code /+/#}. Then a filter covers another, or meets it, exactly when its levels do, one by one.
 */
final class LevelFilter {

    /** What stands before the first '+', with its slash when a level follows. */
    private final String prefix;
    /** From the first '+' on; null for any level. */
    private final @Nullable String[] rest;
    /** All of them; null for any level. */
    private final @Nullable String[] levels;

    private final boolean open;
    private final boolean system;

    private LevelFilter(List<@Nullable String> levels, boolean open, boolean system) {
        this.levels = levels.toArray(new @Nullable String[0]);
        this.open = open;
        this.system = system;
        int literals = levels.indexOf(null);
        if (literals < 0) {
            literals = levels.size();
        }
        this.rest = levels.subList(literals, levels.size()).toArray(new @Nullable String[0]);
        String joined = String.join("/", levels.subList(0, literals));
        this.prefix = rest.length > 0 && literals > 0 ? joined + "/" : joined;
    }

    /** What a valid filter means, without the name of a share. */
    static LevelFilter of(TopicFilter filter) {
        return of(filter.levels());
    }

    /** What a filter with these levels means: '+' and a last '#' are wildcards. */
    static LevelFilter of(List<String> written) {
        List<@Nullable String> levels = levels(written);
        return levels.size() < written.size() ? open(levels, false) : new LevelFilter(levels, false, false);
    }

    /** Every name that begins with these levels; with none, those that begin with '$' too. */
    static LevelFilter below(List<String> written) {
        return open(levels(written), written.isEmpty());
    }

    private static List<@Nullable String> levels(List<String> written) {
        List<@Nullable String> levels = new ArrayList<>(written.size() + 1);
        for (String level : written) {
            if (!level.equals(TopicFilter.MULTI_LEVEL)) {
                levels.add(level.equals(TopicFilter.SINGLE_LEVEL) ? null : level);
            }
        }
        return levels;
    }

    private static LevelFilter open(List<@Nullable String> levels, boolean system) {
        String first = levels.isEmpty() ? null : levels.get(0);
        if (levels.isEmpty() || (levels.size() == 1 && first != null && first.isEmpty())) {
            levels.add(null);
        }
        return new LevelFilter(levels, true, system);
    }

    /** Whether it matches the name. Allocates nothing. */
    boolean matches(String topicName) {
        if (!topicName.startsWith(prefix)) {
            return false;
        }
        int at = prefix.length();
        if (rest.length == 0) {
            return at == topicName.length() || (open && topicName.charAt(at) == '/');
        }
        if (at == 0 && !system && topicName.charAt(0) == '$') {
            // [MQTT-4.7.2-1]
            return false;
        }
        for (int i = 0; i < rest.length; i++) {
            if (at > topicName.length()) {
                return false;
            }
            int slash = topicName.indexOf('/', at);
            int end = slash < 0 ? topicName.length() : slash;
            String level = rest[i];
            if (level != null && (level.length() != end - at || !topicName.startsWith(level, at))) {
                return false;
            }
            // Past the end by one marks that there is no further level, as "a/" still has an empty one.
            at = end + 1;
        }
        return open || at > topicName.length();
    }

    /** Whether it matches every name that the other matches. */
    boolean covers(LevelFilter other) {
        boolean longEnough = open ? other.levels.length >= levels.length : sameLength(other) && !other.open;
        if (!longEnough) {
            return false;
        }
        for (int i = 0; i < levels.length; i++) {
            String mine = levels[i];
            String theirs = other.levels[i];
            boolean covered = mine == null ? i > 0 || coversFirst(other) : mine.equals(theirs);
            if (!covered) {
                return false;
            }
        }
        return true;
    }

    /** Whether there is a name that both match. */
    boolean meets(LevelFilter other) {
        boolean lengthsMeet =
                (open || levels.length >= other.levels.length) && (other.open || other.levels.length >= levels.length);
        if (!lengthsMeet) {
            return false;
        }
        for (int i = 0; i < Math.min(levels.length, other.levels.length); i++) {
            String mine = levels[i];
            String theirs = other.levels[i];
            boolean literal = mine != null && theirs != null;
            boolean met = literal ? mine.equals(theirs) : i > 0 || meetsFirst(other);
            if (!met) {
                return false;
            }
        }
        return true;
    }

    private boolean sameLength(LevelFilter other) {
        return levels.length == other.levels.length;
    }

    /** With a first '+' here: nothing that begins with '$' may be in the other, unless it is meant [MQTT-4.7.2-1]. */
    private boolean coversFirst(LevelFilter other) {
        String theirs = other.levels[0];
        return system || (theirs == null ? !other.system : !theirs.startsWith("$"));
    }

    private boolean meetsFirst(LevelFilter other) {
        String literal = levels[0] == null ? other.levels[0] : levels[0];
        boolean wide = levels[0] == null ? system : other.system;
        return literal == null || wide || !literal.startsWith("$");
    }
}
