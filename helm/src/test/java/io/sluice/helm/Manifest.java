package io.sluice.helm;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object for Kubernetes.
 *
 * @param tree as it was rendered
 */
record Manifest(Map<String, Object> tree) {

    private static final Gson GSON = new Gson();

    String apiVersion() {
        return String.valueOf(tree.get("apiVersion"));
    }

    String kind() {
        return String.valueOf(tree.get("kind"));
    }

    String name() {
        return String.valueOf(at("metadata.name"));
    }

    /** What is at a path, as in {@link Yaml#at}. */
    @Nullable
    Object at(String path) {
        return Yaml.at(tree, path);
    }

    /** The same, which is known to be a map. */
    Map<String, Object> map(String path) {
        Object map = at(path);
        if (!(map instanceof Map<?, ?>)) {
            throw new AssertionError(this + " has no map at " + path);
        }
        return Yaml.asMap(map);
    }

    /** The same, which is known to be a list of maps. */
    List<Map<String, Object>> maps(String path) {
        Object list = at(path);
        if (!(list instanceof List<?> items)) {
            throw new AssertionError(this + " has no list at " + path);
        }
        return items.stream().map(Yaml::asMap).toList();
    }

    JsonElement json() {
        return GSON.toJsonTree(tree);
    }

    @Override
    public String toString() {
        return kind() + " " + name();
    }
}
