package io.sluice.kafka.mapping;

import io.sluice.mqtt.message.TopicFilter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The filter of an ingress rule: an MQTT topic filter in which a level may have a name. {@code {name}} is '+' with a
 * name; {@code {name...}} is '#' with a name and, like it, also matches the parent: no level at all.
 */
final class RuleFilter {

    /** The reference that is the publisher, and therefore no name for a level. */
    static final String CLIENT_ID = "client-id";

    /**
     * A level before the '#'.
     *
     * @param literal its text, or null for any
     * @param name the capture's name, or null
     */
    record Level(@Nullable String literal, @Nullable String name) {}

    private final String text;
    private final TopicFilter plain;
    private final List<Level> levels;
    private final boolean open;
    private final @Nullable String restName;

    private RuleFilter(String text, TopicFilter plain, List<Level> levels, boolean open, @Nullable String restName) {
        this.text = text;
        this.plain = plain;
        this.levels = List.copyOf(levels);
        this.open = open;
        this.restName = restName;
    }

    /**
     * The filter with this text.
     *
     * @throws IllegalArgumentException with what was found and what was expected
     */
    static RuleFilter parse(String text) {
        List<Level> levels = new ArrayList<>();
        List<String> plain = new ArrayList<>();
        Set<String> names = new HashSet<>();
        String restName = null;
        String[] parts = text.split("/", -1);
        for (int i = 0; i < parts.length; i++) {
            Template.Part capture = capture(text, parts[i]);
            boolean last = i == parts.length - 1;
            if (capture != null && !names.add(capture.text())) {
                throw new IllegalArgumentException(
                        "filter: \"" + text + "\" captures {" + capture.text() + "} twice (expected: once)");
            }
            if (capture != null && capture.rest()) {
                if (!last) {
                    throw new IllegalArgumentException("filter: \"" + text + "\" has levels after {" + capture.text()
                            + "...} (expected: {name...} in the last level)");
                }
                restName = capture.text();
                plain.add(TopicFilter.MULTI_LEVEL);
            } else if (capture != null) {
                levels.add(new Level(null, capture.text()));
                plain.add(TopicFilter.SINGLE_LEVEL);
            } else {
                if (!parts[i].equals(TopicFilter.MULTI_LEVEL)) {
                    levels.add(new Level(parts[i].equals(TopicFilter.SINGLE_LEVEL) ? null : parts[i], null));
                }
                plain.add(parts[i]);
            }
        }
        TopicFilter filter = TopicFilter.of(String.join("/", plain));
        if (filter.isShared()) {
            throw new IllegalArgumentException(
                    "filter: \"" + text + "\" is a shared subscription (expected: a filter without $share)");
        }
        return new RuleFilter(text, filter, levels, filter.levels().size() > levels.size(), restName);
    }

    private static Template.@Nullable Part capture(String text, String level) {
        List<Template.Part> parts = Template.parse("filter", level).parts();
        if (parts.size() == 1 && parts.get(0).reference()) {
            Template.Part part = parts.get(0);
            if (part.text().equals(CLIENT_ID) || Character.isDigit(part.text().charAt(0))) {
                throw new IllegalArgumentException("filter: \"" + text + "\" names a level {" + part.text()
                        + "}, which has a meaning already (expected: another name)");
            }
            return part;
        }
        if (parts.stream().anyMatch(Template.Part::reference)) {
            throw new IllegalArgumentException(
                    "filter: \"" + text + "\" captures a part of level \"" + level + "\" (expected: a whole level)");
        }
        return null;
    }

    String text() {
        return text;
    }

    /** The same without names: what MQTT means by it. */
    TopicFilter plain() {
        return plain;
    }

    /** The levels before the '#'. */
    List<Level> levels() {
        return levels;
    }

    /** Whether it ends in '#' or {@code {name...}}. */
    boolean isOpen() {
        return open;
    }

    /** How many levels every name that it matches has at least: '#' alone still matches one. */
    int levelsMin() {
        return Math.max(1, levels.size());
    }

    /**
     * What the parts of a template refer to.
     *
     * @param what the field's name, for the message
     * @throws IllegalArgumentException for a reference that the filter does not capture
     */
    List<Piece> resolve(String what, Template template) {
        List<Piece> pieces = new ArrayList<>();
        for (Template.Part part : template.parts()) {
            pieces.add(part.reference() ? resolve(what, part) : Piece.literal(part.text()));
        }
        return pieces;
    }

    private Piece resolve(String what, Template.Part part) {
        String name = part.text();
        if (name.equals(CLIENT_ID) && !part.rest()) {
            return Piece.of(Piece.Kind.CLIENT_ID, "{client-id}");
        }
        if (name.equals(restName)) {
            return Piece.of(Piece.Kind.REST, "{" + name + "...}");
        }
        for (int i = 0; i < levelsMin() && !part.rest(); i++) {
            boolean named = i < levels.size() && name.equals(levels.get(i).name());
            if (named || name.equals(Integer.toString(i + 1))) {
                return Piece.level("{" + name + "}", i);
            }
        }
        throw new IllegalArgumentException(what + " template uses {" + name + (part.rest() ? "..." : "")
                + "}, which filter \"" + text + "\" does not capture (it has: " + captures() + ")");
    }

    /** How a level is called in messages. */
    String reference(int slot) {
        String name = slot < levels.size() ? levels.get(slot).name() : null;
        return "{" + (name == null ? Integer.toString(slot + 1) : name) + "}";
    }

    /** How what the '#' stands for is called in messages. */
    String restReference() {
        return restName == null ? TopicFilter.MULTI_LEVEL : "{" + restName + "...}";
    }

    private String captures() {
        List<String> found = new ArrayList<>();
        for (int i = 0; i < levelsMin(); i++) {
            if (i >= levels.size() || levels.get(i).literal() == null) {
                found.add(reference(i));
            }
        }
        if (restName != null) {
            found.add(restReference());
        }
        return found.isEmpty() ? "none" : String.join(", ", found);
    }
}
