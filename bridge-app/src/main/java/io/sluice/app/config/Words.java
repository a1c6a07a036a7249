package io.sluice.app.config;

import java.util.List;

/**
 * One word or several: {@code operators} or {@code [operators, admins]}. In a variable or after {@code --set} commas
 * separate them; in YAML a comma is part of a word.
 *
 * @param words at least one
 */
public record Words(List<String> words) {

    public Words {
        words = List.copyOf(words);
        if (words.isEmpty()) {
            throw new IllegalArgumentException("an empty list (expected: at least one word)");
        }
    }

    /** These words, from the first to the last. */
    public static Words of(String... words) {
        return new Words(List.of(words));
    }

    /** As it would be written. */
    @Override
    public String toString() {
        return words.size() == 1 ? words.get(0) : words.toString();
    }
}
