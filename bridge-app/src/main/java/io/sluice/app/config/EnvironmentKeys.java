package io.sluice.app.config;

import io.sluice.app.config.Section.Field;
import io.sluice.app.config.Section.Kind;
import io.sluice.app.config.Tree.Branch;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which key an environment variable means: {@code SLUICE_} and the path in upper case, dots and dashes as underscores.
 * Names of listeners and of Kafka's properties are first looked for among those of the files; a new listener's name is
 * the lower case with dashes, a new property's the lower case with dots. What is in lists cannot be said this way.
 */
final class EnvironmentKeys {

    static final String PREFIX = "SLUICE_";

    private static final String ANY_NAME = "<NAME>";

    private EnvironmentKeys() {}

    /** The path's part of a variable's name. */
    static String form(String path) {
        return path.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** Every variable there is; {@code <NAME>} stands for a name that the operator chooses. */
    static List<String> all(Section root) {
        List<String> variables = new ArrayList<>();
        for (String leaf : leaves(root)) {
            variables.add(PREFIX + form(leaf));
        }
        return variables;
    }

    /** The paths of all values in the section, those in lists left out. */
    static List<String> leaves(Section section) {
        List<String> paths = new ArrayList<>();
        for (Field field : section.fields()) {
            switch (field.kind()) {
                case VALUE, WORDS, HEADERS -> paths.add(field.name());
                case SECTION -> leaves(field.inside()).forEach(leaf -> paths.add(field.name() + "." + leaf));
                case NAMED_SECTIONS ->
                    leaves(field.inside()).forEach(leaf -> paths.add(field.name() + "." + ANY_NAME + "." + leaf));
                case TEXTS -> paths.add(field.name() + "." + ANY_NAME);
                case SECTIONS -> {
                    // Not addressable: a variable cannot say where in the list.
                }
            }
        }
        return paths;
    }

    /** Whether the variable tries to say something inside a list. */
    static boolean isInsideList(Section root, String variable) {
        String rest = variable.substring(PREFIX.length());
        return root.fields().stream()
                .anyMatch(f -> f.kind() == Kind.SECTIONS && (rest + "_").startsWith(form(f.name()) + "_"));
    }

    /** The path that a variable means, or null when it means none. */
    static @Nullable List<String> path(Section root, Branch tree, String variable) {
        return resolve(root, tree, variable.substring(PREFIX.length()));
    }

    private static @Nullable List<String> resolve(Section section, @Nullable Branch tree, String rest) {
        for (Field field : section.fields()) {
            String form = form(field.name());
            if (isWritten(field.kind()) && rest.equals(form)) {
                return List.of(field.name());
            }
            if (!rest.startsWith(form + "_")) {
                continue;
            }
            Branch below = tree != null && tree.get(field.name()) instanceof Branch branch ? branch : null;
            String tail = rest.substring(form.length() + 1);
            List<String> path =
                    switch (field.kind()) {
                        case SECTION -> resolve(field.inside(), below, tail);
                        case NAMED_SECTIONS -> resolveNamed(field.inside(), below, tail);
                        case TEXTS -> tail.isEmpty() ? null : List.of(existing(below, tail, '.'));
                        case VALUE, WORDS, SECTIONS, HEADERS -> null;
                    };
            if (path != null) {
                return prepend(field.name(), path);
            }
        }
        return null;
    }

    private static boolean isWritten(Kind kind) {
        return kind == Kind.VALUE || kind == Kind.WORDS;
    }

    private static @Nullable List<String> resolveNamed(Section inside, @Nullable Branch tree, String rest) {
        String longest = "";
        for (String leaf : leaves(inside)) {
            if (rest.endsWith("_" + form(leaf)) && leaf.length() > longest.length()) {
                longest = leaf;
            }
        }
        int nameLength = rest.length() - longest.length() - 1;
        if (longest.isEmpty() || nameLength < 1) {
            return null;
        }
        return prepend(existing(tree, rest.substring(0, nameLength), '-'), List.of(longest.split("\\.")));
    }

    private static String existing(@Nullable Branch tree, String form, char separator) {
        Set<String> names = tree == null ? Set.of() : tree.entries().keySet();
        return names.stream()
                .filter(name -> form(name).equals(form))
                .findFirst()
                .orElseGet(() -> form.toLowerCase(Locale.ROOT).replace('_', separator));
    }

    private static List<String> prepend(String first, List<String> rest) {
        List<String> path = new ArrayList<>(rest.size() + 1);
        path.add(first);
        path.addAll(rest);
        return path;
    }
}
