package io.sluice.kafka.mapping;

import java.util.ArrayList;
import java.util.List;

/**
 * A text with references in braces, e.g. {@code telemetry.{tenant}}: its form only, not what the references mean.
 *
 * @param text as it is written in the configuration
 * @param parts literals and references in their order; no two literals in a row, none empty
 */
record Template(String text, List<Part> parts) {

    private static final String REST_SUFFIX = "...";

    Template {
        parts = List.copyOf(parts);
    }

    /**
     * One piece of the text.
     *
     * @param reference whether it stands in braces
     * @param text the literal, or the name without braces and dots
     * @param rest whether the reference ends in three dots
     */
    record Part(boolean reference, String text, boolean rest) {}

    /**
     * Takes the text apart.
     *
     * @param what the field's name, for the message
     * @throws IllegalArgumentException with what was found and what was expected
     */
    static Template parse(String what, String text) {
        List<Part> parts = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int open = text.indexOf('{', from);
            int literalEnd = open < 0 ? text.length() : open;
            int strayClose = text.indexOf('}', from);
            if (strayClose >= 0 && strayClose < literalEnd) {
                throw problem(what, text, "'}' at character " + strayClose + " without '{'");
            }
            if (literalEnd > from) {
                parts.add(new Part(false, text.substring(from, literalEnd), false));
            }
            if (open < 0) {
                break;
            }
            int close = text.indexOf('}', open);
            if (close < 0) {
                throw problem(what, text, "'{' at character " + open + " without '}'");
            }
            parts.add(reference(what, text, text.substring(open + 1, close)));
            from = close + 1;
        }
        return new Template(text, parts);
    }

    private static Part reference(String what, String text, String inBraces) {
        boolean rest = inBraces.endsWith(REST_SUFFIX);
        String name = rest ? inBraces.substring(0, inBraces.length() - REST_SUFFIX.length()) : inBraces;
        if (name.isEmpty()) {
            throw problem(what, text, "a reference without a name");
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letterOrDigit && c != '-' && c != '_') {
                throw problem(what, text, "'" + c + "' in the name of {" + inBraces + "}");
            }
        }
        return new Part(true, name, rest);
    }

    private static IllegalArgumentException problem(String what, String text, String found) {
        return new IllegalArgumentException(what + ": \"" + text + "\" has " + found
                + " (expected: {name} or {name...}, of letters, digits, '-' and '_')");
    }
}
