package io.sluice.mqtt.auth.rules;

import io.sluice.mqtt.auth.Client;
import io.sluice.mqtt.message.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The topic filter of a rule: '+' and '#' as in MQTT, and in a level {@code %u} for the user name, {@code %c} for the
 * client id, {@code %g} for any one of the client's groups. {@code %%} is a percent sign. Immutable.
 *
 * <p>What is filled in stays text inside its level: it is never looked at again, and a name that could be more than a
 * part of one level cannot be filled in at all.
 */
public final class TopicPattern {

    private static final String PLACEHOLDERS = "ucg";
    /** Stands for a placeholder where levels are compared: no topic has it. */
    private static final char MARK = '\0';

    private final String text;
    /** Level by level; a placeholder is MARK and its letter. */
    private final List<String> levels;

    private final int firstFilled;
    private final boolean perGroup;
    private final LevelFilter plain;
    private final LevelFilter widened;

    private TopicPattern(String text, List<String> levels) {
        this.text = text;
        this.levels = List.copyOf(levels);
        int first = 0;
        while (first < levels.size() && levels.get(first).indexOf(MARK) < 0) {
            first++;
        }
        this.firstFilled = first;
        this.perGroup = levels.stream().anyMatch(level -> level.indexOf(MARK + "g") >= 0);
        this.plain = LevelFilter.of(levels);
        this.widened = first < levels.size() ? LevelFilter.below(levels.subList(0, first)) : plain;
    }

    /**
     * The pattern with this text.
     *
     * @throws IllegalArgumentException with what was found and what was expected
     */
    public static TopicPattern parse(String text) {
        StringBuilder marked = new StringBuilder();
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '%') {
                marked.append(c);
                plain.append(c);
                continue;
            }
            char letter = ++i < text.length() ? text.charAt(i) : ' ';
            if (letter == '%') {
                marked.append('%');
            } else if (PLACEHOLDERS.indexOf(letter) >= 0) {
                marked.append(MARK).append(letter);
            } else {
                throw problem(text, "has a % at character " + (i - 1), "%u, %c or %g, or %% for a percent sign");
            }
            plain.append('x');
        }
        String problem = TopicFilter.problem(plain.toString());
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
        if (plain.toString().startsWith("$share/")) {
            throw problem(text, "is a shared subscription", "the filter alone, which shares are checked by as well");
        }
        return new TopicPattern(text, List.of(marked.toString().split("/", -1)));
    }

    private static IllegalArgumentException problem(String text, String found, String expected) {
        return new IllegalArgumentException(
                "topic filter: \"" + text + "\" " + found + " (expected: " + expected + ")");
    }

    /** Whether it depends on who asks. */
    boolean isFilled() {
        return firstFilled < levels.size();
    }

    /** The same for everybody; a placeholder is a text that no topic has. */
    LevelFilter plain() {
        return plain;
    }

    /** What a deny means where a name cannot be filled in: everything from the first placeholder's level on. */
    LevelFilter widened() {
        return widened;
    }

    /** What it means for this client in a rule that allows: nothing where a name cannot be filled in. */
    List<LevelFilter> allowed(Client client) {
        return filled(client, false);
    }

    /** What it means for this client in a rule that denies: see {@link #widened}. */
    List<LevelFilter> denied(Client client) {
        return filled(client, true);
    }

    private List<LevelFilter> filled(Client client, boolean wide) {
        Set<String> groups = client.principal().groups();
        if (!perGroup || groups.isEmpty()) {
            LevelFilter filter = filled(client, null);
            return filter == null ? nothing(wide) : List.of(filter);
        }
        List<LevelFilter> filters = new ArrayList<>(groups.size());
        for (String group : groups) {
            LevelFilter filter = filled(client, group);
            if (filter != null) {
                filters.add(filter);
            } else if (wide) {
                return nothing(true);
            }
        }
        return filters;
    }

    private List<LevelFilter> nothing(boolean wide) {
        return wide ? List.of(widened) : List.of();
    }

    private @Nullable LevelFilter filled(Client client, @Nullable String group) {
        List<String> filled = new ArrayList<>(levels);
        for (int i = firstFilled; i < levels.size(); i++) {
            StringBuilder level = new StringBuilder();
            String marked = levels.get(i);
            for (int at = 0; at < marked.length(); at++) {
                if (marked.charAt(at) != MARK) {
                    level.append(marked.charAt(at));
                    continue;
                }
                String name = name(marked.charAt(++at), client, group);
                if (name == null || !isPartOfALevel(name)) {
                    return null;
                }
                level.append(name);
            }
            if (i == 0 && marked.charAt(0) == MARK && level.charAt(0) == '$') {
                return null;
            }
            filled.set(i, level.toString());
        }
        return LevelFilter.of(filled);
    }

    private static @Nullable String name(char placeholder, Client client, @Nullable String group) {
        return switch (placeholder) {
            case 'u' -> client.principal().userName();
            case 'c' -> client.clientId().value();
            default -> group;
        };
    }

    private static boolean isPartOfALevel(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '+' || c == '#' || c == '/' || c == 0) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    /** As it was written. */
    @Override
    public String toString() {
        return text;
    }
}
