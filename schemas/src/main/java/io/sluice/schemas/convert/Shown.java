package io.sluice.schemas.convert;

import com.fasterxml.jackson.databind.JsonNode;

/** What was found, for people: short, on one line. Stateless. */
public final class Shown {

    /** Characters of a text that are shown. */
    static final int TEXT_MAX = 40;

    /** Characters of an explanation. */
    public static final int WORDS_MAX = 160;

    private Shown() {}

    static String of(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> "an array";
            case OBJECT -> "an object";
            case STRING -> '"' + shortened(value.textValue()) + '"';
            default -> shortened(value.asText());
        };
    }

    /** The beginning of a text, without what would break a line or a header. */
    static String shortened(String text) {
        return shortened(text, TEXT_MAX);
    }

    /** The same with another length. */
    public static String shortened(String text, int max) {
        StringBuilder shown = new StringBuilder();
        int length = Math.min(text.length(), max);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            shown.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
        }
        return text.length() > max ? shown.append("...").toString() : shown.toString();
    }
}
