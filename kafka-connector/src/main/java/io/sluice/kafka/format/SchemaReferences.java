package io.sluice.kafka.format;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gets what a schema of the registry refers to, and what that refers to, within bounds. Blocks: on the registry's
 * threads. Of one schema, used once.
 */
final class SchemaReferences {

    /** No other schemas. */
    static final Resolved NONE = new Resolved(List.of(), Map.of());

    /** Levels of references in one another. */
    static final int DEPTH_MAX = 16;
    /** Schemas that one may take, those of all levels together. */
    static final int SCHEMAS_MAX = 100;
    /** Characters of all of them. */
    static final int CHARACTERS_MAX = 4 << 20;

    /**
     * The schemas that one refers to.
     *
     * @param inOrder each once, behind those that it refers to itself
     * @param byName the same by what they are called where they are referred to
     */
    record Resolved(List<String> inOrder, Map<String, String> byName) {
        Resolved {
            inOrder = List.copyOf(inOrder);
            byName = Map.copyOf(byName);
        }
    }

    /** Where versions of subjects are. */
    interface Versions {
        /**
         * The registry's answer for this path, or null when it has none.
         *
         * @throws IOException when that cannot be said at the moment
         */
        @Nullable
        JsonNode at(String path) throws IOException, InterruptedException;
    }

    private final Versions versions;
    private final Set<String> asked = new HashSet<>();
    private final Map<String, String> byPath = new LinkedHashMap<>();
    private final Map<String, String> byName = new HashMap<>();
    private int characters;

    SchemaReferences(Versions versions) {
        this.versions = versions;
    }

    /**
     * All that this schema takes.
     *
     * @param answer the registry's, with its references if there are any
     * @throws IOException when the registry does not answer
     * @throws IllegalArgumentException when one is not there, or they are more than the bounds
     */
    Resolved of(JsonNode answer) throws IOException, InterruptedException {
        add(answer.path("references"), 1);
        return new Resolved(List.copyOf(byPath.values()), byName);
    }

    private void add(JsonNode references, int depth) throws IOException, InterruptedException {
        if (!references.isEmpty() && depth > DEPTH_MAX) {
            throw new IllegalArgumentException("references of more than " + DEPTH_MAX + " levels (expected: fewer)");
        }
        for (JsonNode reference : references) {
            String subject = reference.path("subject").asText("");
            int version = reference.path("version").asInt(0);
            if (subject.isEmpty() || version < 1) {
                throw new IllegalArgumentException("a reference without subject or version");
            }
            String path = SchemaRegistry.versionPath(subject, Integer.toString(version));
            if (asked.add(path)) {
                fetch(path, subject + " version " + version, depth);
            }
            String text = byPath.get(path);
            if (text != null) {
                byName.put(reference.path("name").asText(subject), text);
            }
        }
    }

    private void fetch(String path, String words, int depth) throws IOException, InterruptedException {
        if (asked.size() > SCHEMAS_MAX) {
            throw new IllegalArgumentException("more than " + SCHEMAS_MAX + " references (expected: fewer)");
        }
        JsonNode version = versions.at(path);
        if (version == null || !version.path("schema").isTextual()) {
            throw new IllegalArgumentException("refers to " + words + ", which the registry does not have");
        }
        String text = version.path("schema").textValue();
        characters += text.length();
        if (characters > CHARACTERS_MAX) {
            throw new IllegalArgumentException(
                    "references of more than " + CHARACTERS_MAX + " characters (expected: fewer)");
        }
        // Behind those that it refers to itself.
        add(version.path("references"), depth + 1);
        byPath.put(path, text);
    }
}
