package io.sluice.helm;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an object looks like whose schema is in no library: a map of its fields, {@code name!} when it must be there,
 * {@code *} for any name; a list with the shape of its items; or {@code string}, {@code integer}, {@code boolean}, {@code
 * any}, or words to choose from, separated by bars.
 */
final class Shape {

    private static final Map<String, Object> SHAPES = load();

    private final Object shape;

    private Shape(Object shape) {
        this.shape = shape;
    }

    /** By apiVersion and kind. */
    static Shape of(String api) {
        Object shape = SHAPES.get(api);
        if (shape == null) {
            throw new AssertionError("no schema of " + api);
        }
        return new Shape(Map.of(
                "apiVersion!",
                "string",
                "kind!",
                "string",
                "metadata!",
                Map.of(
                        "name!",
                        "string",
                        "namespace",
                        "string",
                        "labels",
                        Map.of("*", "string"),
                        "annotations",
                        Map.of("*", "string")),
                "spec!",
                shape));
    }

    /** What in the tree is not of this shape. */
    List<String> problems(Object tree) {
        List<String> problems = new ArrayList<>();
        check(shape, tree, "", problems);
        return problems;
    }

    private static void check(Object shape, @Nullable Object value, String path, List<String> problems) {
        if (shape instanceof Map<?, ?>) {
            if (value instanceof Map<?, ?>) {
                checkFields(Yaml.asMap(shape), Yaml.asMap(value), path, problems);
            } else {
                problems.add(path + ": " + value + " (expected: a map)");
            }
        } else if (shape instanceof List<?> items) {
            if (value instanceof List<?> list) {
                for (int i = 0; i < list.size(); i++) {
                    check(items.get(0), list.get(i), path + "[" + i + "]", problems);
                }
            } else {
                problems.add(path + ": " + value + " (expected: a list)");
            }
        } else if (!isOf(String.valueOf(shape), value)) {
            problems.add(path + ": " + value + " (expected: " + shape + ")");
        }
    }

    private static void checkFields(
            Map<String, Object> shape, Map<String, Object> value, String path, List<String> problems) {
        shape.keySet().stream()
                .filter(field -> field.endsWith("!") && !value.containsKey(field.substring(0, field.length() - 1)))
                .forEach(field -> problems.add(path + "." + field.replace("!", "") + ": missing"));
        value.forEach((name, inside) -> {
            Object expected = shape.getOrDefault(name, shape.getOrDefault(name + "!", shape.get("*")));
            if (expected == null) {
                problems.add(path + "." + name + ": unknown");
            } else {
                check(expected, inside, path + "." + name, problems);
            }
        });
    }

    private static boolean isOf(String type, @Nullable Object value) {
        return switch (type) {
            case "any" -> value != null;
            case "string" -> value instanceof String;
            case "integer" -> value instanceof Integer;
            case "boolean" -> value instanceof Boolean;
            default ->
                value instanceof String word && List.of(type.split("\\|")).contains(word);
        };
    }

    private static Map<String, Object> load() {
        try (InputStream in = Shape.class.getResourceAsStream("shapes.yaml")) {
            if (in == null) {
                throw new IllegalStateException("no shapes.yaml");
            }
            return Yaml.map(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
