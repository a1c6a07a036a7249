package io.sluice.kafka.mapping;

import io.sluice.kafka.mapping.IngressRule.IllegalName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Kafka topic of a rule, forwards and backwards.
 *
 * <p>Two different sets of captures never get one name: every name that is built is also taken apart again, and is
 * refused when that does not give what it was built of. Taking apart is deterministic: a capture ends at the first
 * occurrence of the text that follows it, and the last capture takes what is left.
 */
final class KafkaTopicTemplate {

    private static final char LEVEL_SEPARATOR = '.';

    private final String text;
    private final List<Piece> pieces;
    private final boolean escaping;
    private final MappingSettings settings;
    private final int lastCapture;

    private KafkaTopicTemplate(String text, List<Piece> pieces, boolean escaping, MappingSettings settings) {
        this.text = text;
        this.pieces = List.copyOf(pieces);
        this.escaping = escaping;
        this.settings = settings;
        this.lastCapture = lastCapture(pieces);
    }

    /**
     * The template of an ingress rule.
     *
     * @throws IllegalArgumentException with what was found and what was expected
     */
    static KafkaTopicTemplate of(RuleFilter filter, String text, IllegalName illegalName, MappingSettings settings) {
        List<Piece> pieces = filter.resolve("topic", Template.parse("topic", text));
        for (int i = 0; i < pieces.size(); i++) {
            if (pieces.get(i).kind() == Piece.Kind.CLIENT_ID) {
                throw problem(
                        text, "uses {client-id}", "captures of the filter: a Kafka topic per client does not scale");
            }
            if (pieces.get(i).kind() == Piece.Kind.REST && i != lastCapture(pieces)) {
                throw problem(text, "has captures after " + pieces.get(i).text(), "the rest as the last capture");
            }
        }
        return checked(text, pieces, illegalName == IllegalName.REPLACE, settings);
    }

    /**
     * The pattern of an egress rule, whose captures become the levels 0, 1, ….
     *
     * @param captures gets the captures' names in order
     * @throws IllegalArgumentException with what was found and what was expected
     */
    static KafkaTopicTemplate pattern(String text, List<String> captures, MappingSettings settings) {
        List<Piece> pieces = new ArrayList<>();
        for (Template.Part part : Template.parse("topic", text).parts()) {
            if (!part.reference()) {
                pieces.add(Piece.literal(part.text()));
                continue;
            }
            if (part.rest()
                    || part.text().equals(EgressTemplate.KEY)
                    || part.text().equals(RuleFilter.CLIENT_ID)) {
                throw problem(
                        text,
                        "captures {" + part.text() + (part.rest() ? "..." : "") + "}",
                        "a plain capture like {name}");
            }
            if (captures.contains(part.text())) {
                throw problem(text, "captures {" + part.text() + "} twice", "each name once");
            }
            pieces.add(Piece.level("{" + part.text() + "}", captures.size()));
            captures.add(part.text());
        }
        return checked(text, pieces, false, settings);
    }

    private static KafkaTopicTemplate checked(
            String text, List<Piece> pieces, boolean escaping, MappingSettings settings) {
        if (pieces.isEmpty()) {
            throw problem(text, "is empty", "a Kafka topic, e.g. telemetry.{tenant}");
        }
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            int illegal = piece.isLiteral() ? KafkaTopicName.illegalAt(piece.text()) : -1;
            if (illegal >= 0) {
                throw problem(
                        text,
                        "has the illegal character '" + piece.text().charAt(illegal) + "'",
                        "letters, digits, '.', '_' and '-' between captures");
            }
            if (escaping
                    && piece.isLiteral()
                    && pieces.size() > 1
                    && piece.text().contains(LevelEscape.SIGN)) {
                throw problem(text, "has \"--\"", "none, because escaped levels begin with it");
            }
            if (i > 0 && !piece.isLiteral() && !pieces.get(i - 1).isLiteral()) {
                throw problem(text, "has nothing between two captures", "a separator like '.'");
            }
        }
        Piece first = pieces.get(0);
        if (first.isLiteral() && settings.isReserved(first.text())) {
            throw problem(text, "begins like an internal topic", "another name");
        }
        String nameProblem = first.isLiteral() && pieces.size() == 1 ? KafkaTopicName.problem(text) : null;
        if (nameProblem != null) {
            throw new IllegalArgumentException(nameProblem);
        }
        return new KafkaTopicTemplate(text, pieces, escaping, settings);
    }

    private static IllegalArgumentException problem(String text, String found, String expected) {
        return new IllegalArgumentException(
                "topic template \"" + text + "\" " + found + " (expected: " + expected + ")");
    }

    private static int lastCapture(List<Piece> pieces) {
        for (int i = pieces.size() - 1; i >= 0; i--) {
            if (!pieces.get(i).isLiteral()) {
                return i;
            }
        }
        return -1;
    }

    List<Piece> pieces() {
        return pieces;
    }

    /** A Kafka topic, or why there is none: one of the two is null. */
    record Result(@Nullable String kafkaTopic, @Nullable String problem) {

        private static Result refused(String problem) {
            return new Result(null, problem);
        }
    }

    /**
     * The Kafka topic for an MQTT topic that the filter matches.
     *
     * @param levels the levels of the MQTT topic
     * @param restFrom which of them the rest begins with
     */
    Result render(String[] levels, int restFrom) {
        String illegal = escaping ? null : illegalCapture(levels, restFrom);
        if (illegal != null) {
            return Result.refused(illegal);
        }
        String name = join(levels, restFrom, false);
        if (escaping && !isFree(name)) {
            name = join(levels, restFrom, true);
        }
        String problem = KafkaTopicName.problem(name);
        if (problem != null) {
            return Result.refused(problem);
        }
        if (!isFree(name)) {
            return Result.refused("Kafka topic: \"" + name + "\" (expected: no name that is reserved)");
        }
        if (!isTakenApartInto(name, levels, restFrom)) {
            return Result.refused(
                    "Kafka topic: \"" + name + "\" (expected: no level that contains the text which follows"
                            + " it in \"" + text + "\", because other levels would get the same name)");
        }
        return new Result(name, null);
    }

    /** Whether neither Kafka nor we have a use for the name; a capture must not begin one with '_', as those do. */
    private boolean isFree(String name) {
        boolean chosenStart = !pieces.get(0).isLiteral();
        return !settings.isReserved(name)
                && !(chosenStart && (name.startsWith("_") || name.equals(".") || name.equals("..")));
    }

    private @Nullable String illegalCapture(String[] levels, int restFrom) {
        for (Piece piece : pieces) {
            if (piece.kind() == Piece.Kind.LEVEL) {
                String problem = illegalLevel(piece, levels[piece.slot()]);
                if (problem != null) {
                    return problem;
                }
            } else if (piece.kind() == Piece.Kind.REST) {
                if (restFrom >= levels.length) {
                    return "level: " + piece.text() + " has no level (expected: one or more in a Kafka topic)";
                }
                for (int i = restFrom; i < levels.length; i++) {
                    String problem = illegalLevel(piece, levels[i]);
                    if (problem != null) {
                        return problem;
                    }
                }
            }
        }
        return null;
    }

    private static @Nullable String illegalLevel(Piece piece, String level) {
        return level.isEmpty() || KafkaTopicName.illegalAt(level) >= 0
                ? "level: " + piece.text() + " is " + Quoted.of(level)
                        + " (expected: letters, digits, '.', '_' and '-' in a Kafka topic)"
                : null;
    }

    private String join(String[] levels, int restFrom, boolean escapeFirst) {
        StringBuilder name = new StringBuilder();
        boolean first = escapeFirst;
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            if (piece.isLiteral()) {
                name.append(piece.text());
                continue;
            }
            String following = i + 1 < pieces.size() ? pieces.get(i + 1).text() : "";
            char after = following.isEmpty() ? 0 : following.charAt(0);
            if (piece.kind() == Piece.Kind.REST) {
                appendRest(name, levels, restFrom, after, first);
            } else {
                append(name, levels[piece.slot()], i == lastCapture ? 0 : after, after, first);
            }
            first = false;
        }
        return name.toString();
    }

    private void appendRest(StringBuilder name, String[] levels, int restFrom, char after, boolean escapeFirst) {
        if (restFrom >= levels.length) {
            name.append(LevelEscape.NONE);
        }
        for (int i = restFrom; i < levels.length; i++) {
            boolean last = i == levels.length - 1;
            append(name, levels[i], LEVEL_SEPARATOR, last ? after : LEVEL_SEPARATOR, escapeFirst && i == restFrom);
            if (!last) {
                name.append(LEVEL_SEPARATOR);
            }
        }
    }

    private void append(StringBuilder name, String level, char stop, char after, boolean escapeFirst) {
        if (escaping) {
            char before = name.length() == 0 ? 0 : name.charAt(name.length() - 1);
            LevelEscape.append(name, level, stop, before, after, escapeFirst);
        } else {
            name.append(level);
        }
    }

    private boolean isTakenApartInto(String name, String[] levels, int restFrom) {
        Bindings found = new Bindings(levels.length);
        if (!parse(name, found)) {
            return false;
        }
        for (Piece piece : pieces) {
            if (piece.kind() == Piece.Kind.LEVEL && !levels[piece.slot()].equals(found.level(piece.slot()))) {
                return false;
            }
        }
        List<String> rest = found.rest();
        return rest == null
                || rest.equals(Arrays.asList(levels).subList(Math.min(restFrom, levels.length), levels.length));
    }

    /** Whether the name is of this form; the captures are bound then. After false the bindings are of no use. */
    boolean parse(String name, Bindings bindings) {
        int at = 0;
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            if (piece.isLiteral()) {
                if (!name.startsWith(piece.text(), at)) {
                    return false;
                }
                at += piece.text().length();
                continue;
            }
            int end = endOfCapture(name, at, i);
            if (end < at || !bind(piece, name.substring(at, end), bindings)) {
                return false;
            }
            at = end;
        }
        return at == name.length() && isFree(name);
    }

    private int endOfCapture(String name, int from, int capture) {
        String following = capture + 1 < pieces.size() ? pieces.get(capture + 1).text() : "";
        if (capture == lastCapture) {
            return name.endsWith(following) ? name.length() - following.length() : -1;
        }
        if (!escaping) {
            return name.indexOf(following, from);
        }
        int at = from;
        while (at < name.length()) {
            int escape = LevelEscape.lengthAt(name, at);
            if (escape == 0 && name.startsWith(following, at)) {
                return at;
            }
            at += Math.max(escape, 1);
        }
        return -1;
    }

    private boolean bind(Piece piece, String value, Bindings bindings) {
        if (piece.kind() == Piece.Kind.REST) {
            List<String> rest = rest(value);
            return rest != null && bindings.bindRest(rest);
        }
        String level = level(value);
        return level != null && bindings.bind(piece.slot(), level);
    }

    private @Nullable List<String> rest(String value) {
        if (escaping && value.equals(LevelEscape.NONE)) {
            return List.of();
        }
        List<String> rest = new ArrayList<>();
        for (String part : value.split("\\.", -1)) {
            String level = level(part);
            if (level == null) {
                return null;
            }
            rest.add(level);
        }
        return rest;
    }

    private @Nullable String level(String value) {
        if (escaping) {
            return LevelEscape.decode(value);
        }
        return value.isEmpty() ? null : value;
    }
}
