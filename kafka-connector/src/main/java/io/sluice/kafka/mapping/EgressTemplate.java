package io.sluice.kafka.mapping;

import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The MQTT topic of an egress rule: levels of literals, captures of the Kafka topic, and the record's key. */
final class EgressTemplate {

    /** The reference that is the record's key. */
    static final String KEY = "key";

    private final List<List<Piece>> levels;
    private final boolean open;

    private EgressTemplate(List<List<Piece>> levels, boolean open) {
        this.levels = List.copyOf(levels);
        this.open = open;
    }

    /**
     * The template.
     *
     * @param captures what the rule's Kafka topic captures, in order
     * @throws IllegalArgumentException with what was found and what was expected
     */
    static EgressTemplate of(String text, String kafkaTopic, List<String> captures) {
        List<List<Piece>> levels = new ArrayList<>();
        for (String level : text.split("/", -1)) {
            List<Piece> pieces = new ArrayList<>();
            for (Template.Part part : Template.parse("filter", level).parts()) {
                pieces.add(resolve(text, part, kafkaTopic, captures));
            }
            levels.add(List.copyOf(pieces));
        }
        String problem = TopicName.problem(text);
        if (problem != null) {
            throw new IllegalArgumentException("filter: \"" + text + "\" makes no " + problem);
        }
        List<Piece> last = levels.get(levels.size() - 1);
        boolean endsInKey = !last.isEmpty() && last.get(last.size() - 1).kind() == Piece.Kind.KEY;
        return new EgressTemplate(levels, endsInKey);
    }

    private static Piece resolve(String text, Template.Part part, String kafkaTopic, List<String> captures) {
        if (!part.reference()) {
            return Piece.literal(part.text());
        }
        if (part.text().equals(KEY) && !part.rest()) {
            return Piece.of(Piece.Kind.KEY, "{key}");
        }
        int slot = part.rest() ? -1 : captures.indexOf(part.text());
        if (slot < 0) {
            List<String> known = new ArrayList<>();
            captures.forEach(name -> known.add("{" + name + "}"));
            known.add("{key}");
            throw new IllegalArgumentException("filter template \"" + text + "\" uses {" + part.text()
                    + (part.rest() ? "..." : "") + "}, which topic \"" + kafkaTopic + "\" does not capture (it has: "
                    + String.join(", ", known) + ")");
        }
        return Piece.level("{" + part.text() + "}", slot);
    }

    /** Whether the topic depends on the key. */
    boolean usesKey() {
        return levels.stream().anyMatch(EgressTemplate::hasKey);
    }

    /** Whether a key with a '/' fits: only at the end, where its levels can't be taken for the template's. */
    boolean takesLevelsOfKey() {
        return open;
    }

    String render(Bindings captures, String key) {
        StringBuilder topic = new StringBuilder();
        for (int i = 0; i < levels.size(); i++) {
            topic.append(i == 0 ? "" : "/").append(level(levels.get(i), captures, key));
        }
        return topic.toString();
    }

    /** What topics the records of a Kafka topic can have: the levels that depend on the key are open. */
    LevelPattern pattern(Bindings captures) {
        List<@Nullable String> pattern = new ArrayList<>();
        for (List<Piece> level : levels) {
            pattern.add(hasKey(level) ? null : level(level, captures, ""));
        }
        return new LevelPattern(pattern, open, startsWithDollar());
    }

    /** The same before the Kafka topic is known. */
    LevelPattern pattern() {
        List<@Nullable String> pattern = new ArrayList<>();
        for (List<Piece> level : levels) {
            boolean literal = level.stream().allMatch(Piece::isLiteral);
            pattern.add(literal ? level(level, new Bindings(0), "") : null);
        }
        return new LevelPattern(pattern, open, startsWithDollar());
    }

    /** The key with which a topic that the filter matches is rendered; null when there may be several. */
    @Nullable
    String key(Bindings captures, TopicFilter wanted) {
        int at = -1;
        for (int i = 0; i < levels.size(); i++) {
            if (hasKey(levels.get(i))) {
                if (at >= 0) {
                    return null;
                }
                at = i;
            }
        }
        if (at < 0 || at >= wanted.levels().size()) {
            return null;
        }
        boolean isEnd = open && at == levels.size() - 1;
        List<String> inLevels =
                wanted.levels().subList(at, isEnd ? wanted.levels().size() : at + 1);
        List<Piece> pieces = levels.get(at);
        int key = indexOfKey(pieces);
        String before = level(pieces.subList(0, key), captures, "");
        List<Piece> following = pieces.subList(key + 1, pieces.size());
        String text = String.join("/", inLevels);
        if (inLevels.stream().anyMatch(TopicFilter::isWildcard) || hasKey(following)) {
            return null;
        }
        String after = level(following, captures, "");
        boolean isOfThisForm =
                text.length() >= before.length() + after.length() && text.startsWith(before) && text.endsWith(after);
        return isOfThisForm ? text.substring(before.length(), text.length() - after.length()) : null;
    }

    private static int indexOfKey(List<Piece> pieces) {
        int index = 0;
        while (pieces.get(index).kind() != Piece.Kind.KEY) {
            index++;
        }
        return index;
    }

    /** [MQTT-4.7.2-1]: only a rule that writes the '$' itself exposes topics that start with one. */
    private boolean startsWithDollar() {
        List<Piece> first = levels.get(0);
        return !first.isEmpty()
                && first.get(0).isLiteral()
                && first.get(0).text().startsWith("$");
    }

    private static boolean hasKey(List<Piece> level) {
        return level.stream().anyMatch(piece -> piece.kind() == Piece.Kind.KEY);
    }

    private static String level(List<Piece> level, Bindings captures, String key) {
        StringBuilder text = new StringBuilder();
        for (Piece piece : level) {
            switch (piece.kind()) {
                case LITERAL -> text.append(piece.text());
                case LEVEL -> text.append(captures.level(piece.slot()));
                case KEY -> text.append(key);
                case REST, CLIENT_ID -> throw new IllegalStateException(piece + " (expected: none in an egress rule)");
            }
        }
        return text.toString();
    }
}
