package io.sluice.app.config;

import io.sluice.app.config.Section.Field;
import io.sluice.app.config.Tree.Branch;
import io.sluice.app.config.Tree.Entry;
import io.sluice.app.config.Tree.Items;
import io.sluice.app.config.Tree.Scalar;
import io.sluice.kafka.mapping.IngressRule.HeaderMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes the records of a tree, and remembers for each value who said it. Whatever is wrong is added to the problems,
 * and reading goes on. One thread, one tree.
 */
final class Binder {

    static final String MASK = "******";

    private static final Pattern SECRET =
            Pattern.compile(".*(password|passphrase|secret|jaas|token|credential|keystore\\.key).*");
    /** A listener or a rule is part of paths, environment names and metrics. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,62}");

    private static final String WORDS = "a word or a list of words";

    /** Kafka's own name, which in its listeners' properties has others before it. */
    private static final String JAAS = "sasl.jaas.config";

    private static final List<String> HEADER_MODES = List.of("all", "minimal", "none");

    private final Problems problems;
    private final Placeholders placeholders;
    private final List<ConfigEntry> entries = new ArrayList<>();
    private final Map<String, Place> places = new HashMap<>();
    private final Set<String> unread = new HashSet<>();

    Binder(Problems problems, Placeholders placeholders) {
        this.problems = problems;
        this.placeholders = placeholders;
    }

    /** Every value in force, in the order of the reference. */
    List<ConfigEntry> entries() {
        return List.copyOf(entries);
    }

    /** Where the value or the section at a path was said; DEFAULT when nowhere. */
    Place place(String path) {
        return places.getOrDefault(path, Place.DEFAULT);
    }

    /** Whether the part at a key of the root was read; otherwise a substitute stands in its place. */
    boolean isRead(String key) {
        return !unread.contains(key);
    }

    /** The configuration, as much of it as can be read: the rest is there so that what is read can be checked. */
    Object bind(Section root, Branch tree) {
        checkKeys(root, tree, "");
        List<@Nullable Object> components = new ArrayList<>();
        for (Field field : root.fields()) {
            Result result = field(field, tree, field.name(), tree.place());
            if (!result.usable()) {
                unread.add(field.name());
                int written = entries.size();
                result = absent(field, field.name(), Place.DEFAULT);
                entries.subList(written, entries.size()).clear();
            }
            components.add(result.value());
        }
        return root.create(components);
    }

    private @Nullable Object section(Section section, Branch tree, String path, Place place) {
        checkKeys(section, tree, path);
        boolean complete = true;
        List<@Nullable Object> components = new ArrayList<>();
        for (Field field : section.fields()) {
            Result result = field(field, tree, path + "." + field.name(), place);
            complete &= result.usable();
            components.add(result.value());
        }
        if (!complete) {
            return null;
        }
        try {
            return section.create(components);
        } catch (IllegalArgumentException e) {
            problems.error(place, path, String.valueOf(e.getMessage()));
            return null;
        }
    }

    private Result field(Field field, Branch tree, String path, Place place) {
        Entry entry = tree.entries().get(field.name());
        if (entry == null) {
            return absent(field, path, place);
        }
        places.put(path, entry.keyPlace());
        return present(field, entry.value(), path, entry.keyPlace());
    }

    private void checkKeys(Section section, Branch tree, String path) {
        tree.entries().forEach((key, entry) -> {
            if (section.field(key) != null) {
                return;
            }
            String full = path.isEmpty() ? key : path + "." + key;
            if (section.later().contains(key)) {
                String names = String.join(", ", section.names());
                problems.error(entry.keyPlace(), full, "not supported yet (expected: one of " + names + ")");
            } else {
                String hint = Nearest.hint(key, section.names());
                String message = "unknown key \"" + key + "\""
                        + (hint.isEmpty() ? " (expected: one of " + String.join(", ", section.names()) + ")" : hint);
                problems.error(entry.keyPlace(), path, message);
            }
        });
    }

    private Result absent(Field field, String path, Place sectionPlace) {
        return switch (field.kind()) {
            case VALUE -> absentValue(field, path, sectionPlace);
            case WORDS -> absentWords(field, path, sectionPlace);
            case SECTION ->
                field.nullable()
                        ? Result.NOTHING
                        : Result.of(section(field.inside(), new Branch(Place.DEFAULT, Map.of()), path, Place.DEFAULT));
            case NAMED_SECTIONS -> Result.of(Map.of());
            case SECTIONS -> field.nullable() ? Result.NOTHING : Result.of(List.of());
            case TEXTS -> Result.of(new KafkaProperties(Map.of()));
            case HEADERS -> {
                entries.add(new ConfigEntry(path, HEADER_MODES.get(0), Place.DEFAULT));
                yield Result.of(new RuleHeaders(HeaderMode.ALL, Map.of()));
            }
        };
    }

    private Result absentValue(Field field, String path, Place sectionPlace) {
        String byDefault = field.byDefault();
        if (byDefault != null) {
            entries.add(new ConfigEntry(path, byDefault, Place.DEFAULT));
            return Result.of(field.valueType().parse(byDefault, byDefault));
        }
        return withoutDefault(field, path, sectionPlace, expected(field));
    }

    private Result absentWords(Field field, String path, Place sectionPlace) {
        String byDefault = field.byDefault();
        return byDefault == null
                ? withoutDefault(field, path, sectionPlace, WORDS)
                : words(new Scalar(Place.DEFAULT, byDefault, false), path);
    }

    private Result withoutDefault(Field field, String path, Place sectionPlace, String expected) {
        if (field.isRequired()) {
            problems.error(sectionPlace, path, "missing (expected: " + expected + ")");
            return Result.UNUSABLE;
        }
        return Result.NOTHING;
    }

    private static String expected(Field field) {
        ValueType type = field.valueType();
        if (!type.words().isEmpty()) {
            return String.join(" or ", type.words());
        }
        return switch (type.noun()) {
            case "text", "addresses" -> type.noun();
            case "address" -> "an address";
            default -> "a " + type.noun();
        };
    }

    private Result present(Field field, Tree tree, String path, Place keyPlace) {
        boolean nothing = tree instanceof Scalar scalar && scalar.isNothing();
        return switch (field.kind()) {
            case VALUE -> value(field, tree, path);
            case WORDS -> words(tree, path);
            case SECTION ->
                nothing
                        ? absent(field, path, keyPlace)
                        : ifBranch(tree, path, branch -> section(field.inside(), branch, path, tree.place()));
            case NAMED_SECTIONS ->
                nothing
                        ? Result.of(Map.of())
                        : ifBranch(tree, path, branch -> namedSections(field.inside(), branch, path));
            case SECTIONS -> nothing ? Result.of(List.of()) : sections(field.inside(), tree, path);
            case TEXTS ->
                nothing ? absent(field, path, keyPlace) : ifBranch(tree, path, branch -> properties(branch, path));
            case HEADERS -> headers(tree, path);
        };
    }

    /** What makes a component of a map. */
    private interface BranchReader {
        @Nullable
        Object read(Branch branch);
    }

    private Result ifBranch(Tree tree, String path, BranchReader reader) {
        if (tree instanceof Branch branch) {
            return Result.of(reader.read(branch));
        }
        problems.error(tree.place(), path, shown(tree, path) + " (expected: a map)");
        return Result.UNUSABLE;
    }

    private Result value(Field field, Tree tree, String path) {
        if (!(tree instanceof Scalar scalar) || scalar.isNothing()) {
            problems.error(tree.place(), path, shown(tree, path) + " (expected: " + expected(field) + ")");
            return Result.UNUSABLE;
        }
        places.put(path, scalar.place());
        return guarded(scalar.place(), path, () -> {
            String shown = shownText(scalar.text(), path);
            Object value = field.valueType().parse(placeholders.resolve(scalar.text()), shown);
            entries.add(new ConfigEntry(path, shown, scalar.place()));
            return value;
        });
    }

    private Result words(Tree tree, String path) {
        List<Tree> items = new ArrayList<>();
        if (tree instanceof Items list) {
            items.addAll(list.items());
        } else if (tree instanceof Scalar scalar && !scalar.place().isInFile()) {
            for (String word : scalar.text().split(",", -1)) {
                items.add(new Scalar(scalar.place(), word.strip(), false));
            }
        } else {
            items.add(tree);
        }
        if (items.isEmpty()) {
            problems.error(tree.place(), path, "an empty list (expected: " + WORDS + ")");
            return Result.UNUSABLE;
        }
        places.put(path, tree.place());
        List<String> words = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            word(items.get(i), path, tree instanceof Items ? path + "[" + i + "]" : path, words);
        }
        if (words.size() < items.size()) {
            return Result.UNUSABLE;
        }
        List<String> shown = items.stream()
                .map(item -> shownText(((Scalar) item).text(), path))
                .toList();
        entries.add(new ConfigEntry(path, new Words(shown).toString(), tree.place()));
        return Result.of(new Words(words));
    }

    private void word(Tree tree, String path, String full, List<String> words) {
        places.put(full, tree.place());
        if (!(tree instanceof Scalar scalar) || scalar.isNothing()) {
            problems.error(tree.place(), full, shown(tree, path) + " (expected: " + WORDS + ")");
            return;
        }
        guarded(tree.place(), full, () -> {
            String word = placeholders.resolve(scalar.text());
            if (word.isEmpty()) {
                throw new IllegalArgumentException(shown(tree, path) + " is empty (expected: a word)");
            }
            return words.add(word);
        });
    }

    private Result guarded(Place place, String path, Supplier<Object> reader) {
        try {
            return Result.of(reader.get());
        } catch (IllegalArgumentException e) {
            problems.error(place, path, String.valueOf(e.getMessage()));
            return Result.UNUSABLE;
        }
    }

    private @Nullable Object namedSections(Section inside, Branch branch, String path) {
        Map<String, Object> sections = new LinkedHashMap<>();
        branch.entries().forEach((name, entry) -> {
            String full = path + "." + name;
            places.put(full, entry.keyPlace());
            if (!NAME.matcher(name).matches()) {
                problems.error(entry.keyPlace(), path, "name \"" + name + "\" (expected: letters, digits, - and _)");
                return;
            }
            Result result = ifBranch(
                    entry.value(),
                    full,
                    fields -> section(inside, fields, full, entry.value().place()));
            if (result.value() != null) {
                sections.put(name, result.value());
            }
        });
        // Those that can be read: they are checked by name, whatever the others are.
        return Collections.unmodifiableMap(sections);
    }

    private Result sections(Section inside, Tree tree, String path) {
        if (!(tree instanceof Items items)) {
            problems.error(tree.place(), path, shown(tree, path) + " (expected: a list)");
            return Result.UNUSABLE;
        }
        List<Object> sections = new ArrayList<>();
        for (int i = 0; i < items.items().size(); i++) {
            Tree item = items.items().get(i);
            String full = path + "[" + i + "]";
            places.put(full, item.place());
            Result result = ifBranch(item, full, fields -> section(inside, fields, full, item.place()));
            if (result.value() != null) {
                sections.add(result.value());
            }
        }
        return sections.size() < items.items().size() ? Result.UNUSABLE : Result.of(List.copyOf(sections));
    }

    private KafkaProperties properties(Branch branch, String path) {
        return new KafkaProperties(texts(branch, path));
    }

    private Map<String, String> texts(Branch branch, String path) {
        Map<String, String> texts = new LinkedHashMap<>();
        branch.entries().forEach((name, entry) -> {
            String full = path + "." + name;
            places.put(full, entry.keyPlace());
            if (!(entry.value() instanceof Scalar scalar) || scalar.isNothing()) {
                problems.error(entry.value().place(), full, shown(entry.value(), full) + " (expected: text)");
                return;
            }
            places.put(full, scalar.place());
            guarded(scalar.place(), full, () -> {
                texts.put(
                        name,
                        name.endsWith(JAAS)
                                ? placeholders.resolveJaas(scalar.text())
                                : placeholders.resolve(scalar.text()));
                entries.add(new ConfigEntry(full, shownText(scalar.text(), full), scalar.place()));
                return texts;
            });
        });
        return texts;
    }

    private Result headers(Tree tree, String path) {
        if (tree instanceof Branch branch) {
            return Result.of(new RuleHeaders(HeaderMode.ALL, texts(branch, path)));
        }
        int mode = tree instanceof Scalar scalar ? HEADER_MODES.indexOf(scalar.text()) : -1;
        if (mode < 0) {
            String hint = tree instanceof Scalar scalar ? Nearest.hint(scalar.text(), HEADER_MODES) : "";
            problems.error(tree.place(), path, tree.noun() + " is not one of all, minimal, none, nor a map" + hint);
            return Result.UNUSABLE;
        }
        entries.add(new ConfigEntry(path, HEADER_MODES.get(mode), tree.place()));
        return Result.of(
                new RuleHeaders(HeaderMode.valueOf(HEADER_MODES.get(mode).toUpperCase(Locale.ROOT)), Map.of()));
    }

    private static String shown(Tree tree, String path) {
        return tree instanceof Scalar scalar && !scalar.isNothing()
                ? "\"" + shownText(scalar.text(), path) + "\""
                : tree.noun();
    }

    /** The text for people: a placeholder is never replaced in it. */
    private static String shownText(String text, String path) {
        return isSecret(path) ? MASK : text;
    }

    static boolean isSecret(String path) {
        return SECRET.matcher(path.toLowerCase(Locale.ROOT)).matches();
    }

    /**
     * A component, or why there is none.
     *
     * @param usable false when a problem was added
     */
    private record Result(boolean usable, @Nullable Object value) {

        static final Result UNUSABLE = new Result(false, null);
        static final Result NOTHING = new Result(true, null);

        static Result of(@Nullable Object value) {
            return value == null ? UNUSABLE : new Result(true, value);
        }
    }
}
