package io.sluice.helm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** YAML as maps, lists and values. */
final class Yaml {

    private Yaml() {}

    /** The one document of a text; an empty map when there is nothing in it. */
    static Map<String, Object> map(String text) {
        Object document = loader().loadFromString(text);
        return document == null ? Map.of() : asMap(document);
    }

    static Map<String, Object> map(Path file) {
        return map(read(file));
    }

    /** The documents of a stream; those without content are left out. */
    static List<Map<String, Object>> maps(String text) {
        List<Map<String, Object>> documents = new ArrayList<>();
        for (Object document : loader().loadAllFromString(text)) {
            if (document != null) {
                documents.add(asMap(document));
            }
        }
        return documents;
    }

    /**
     * What is at a path such as {@code spec.ports[0].name}; a name with dots is written in quotes: {@code
     * metadata.labels."a.b/c"}. Null when there is nothing.
     */
    static @Nullable Object at(Object tree, String path) {
        @Nullable Object here = tree;
        for (String step : steps(path)) {
            if (step.startsWith("[") && here instanceof List<?> list) {
                int index = Integer.parseInt(step.substring(1));
                here = index < list.size() ? list.get(index) : null;
            } else if (here instanceof Map<?, ?> map) {
                here = map.get(step);
            } else {
                return null;
            }
        }
        return here;
    }

    private static List<String> steps(String path) {
        List<String> steps = new ArrayList<>();
        StringBuilder step = new StringBuilder();
        boolean isQuoted = false;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '"') {
                isQuoted = !isQuoted;
            } else if (!isQuoted && (c == '.' || c == '[')) {
                addStep(steps, step);
                if (c == '[') {
                    step.append('[');
                }
            } else if (isQuoted || c != ']') {
                step.append(c);
            }
        }
        addStep(steps, step);
        return steps;
    }

    private static void addStep(List<String> steps, StringBuilder step) {
        if (!step.isEmpty()) {
            steps.add(step.toString());
            step.setLength(0);
        }
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> asMap(Object value) {
        return (Map<String, Object>) value;
    }

    /** What is known to be a list. */
    static List<?> list(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw new AssertionError("no list: " + value);
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Load loader() {
        return new Load(LoadSettings.builder().setAllowDuplicateKeys(false).build());
    }
}
