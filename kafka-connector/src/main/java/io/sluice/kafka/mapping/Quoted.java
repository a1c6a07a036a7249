package io.sluice.kafka.mapping;

import java.util.Locale;

/** Text of a stranger as it may stand in a message: short, in quotes, without anything that a terminal obeys. */
final class Quoted {

    private static final int CHARACTERS_MAX = 120;

    private Quoted() {}

    static String of(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        int end = Math.min(text.length(), CHARACTERS_MAX);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 0x7f) {
                quoted.append(c);
            } else {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            }
        }
        return quoted.append(end < text.length() ? "…\"" : "\"").toString();
    }
}
