package io.sluice.app.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.pattern.CompositeConverter;
import java.util.Locale;

/**
 * Keeps what it encloses in a pattern on one line, and away from the terminal's controls: client ids, user names and
 * topics are whatever a client says. A character that is not to be printed is written as its escape in Java; what is
 * very long is cut after as many characters as the option says: {@code %oneLine(%msg %kvp){8192}}. Safe for all threads.
 */
public final class OneLine extends CompositeConverter<ILoggingEvent> {

    private int charactersMax;

    @Override
    public void start() {
        charactersMax = Integer.parseInt(getFirstOption());
        super.start();
    }

    @Override
    protected String transform(ILoggingEvent event, String in) {
        return escaped(in, charactersMax);
    }

    static String escaped(String text, int charactersMax) {
        int end = Math.min(text.length(), charactersMax);
        int clean = 0;
        while (clean < end && !isEscaped(text.charAt(clean))) {
            clean++;
        }
        if (clean == text.length()) {
            return text;
        }
        StringBuilder line = new StringBuilder(end + 16).append(text, 0, clean);
        for (int i = clean; i < end; i++) {
            append(line, text.charAt(i));
        }
        return end < text.length() ? line.append('…').toString() : line.toString();
    }

    private static void append(StringBuilder line, char character) {
        switch (character) {
            case '\n' -> line.append("\\n");
            case '\r' -> line.append("\\r");
            case '\t' -> line.append("\\t");
            default -> {
                if (isEscaped(character)) {
                    line.append(String.format(Locale.ROOT, "\\u%04X", (int) character));
                } else {
                    line.append(character);
                }
            }
        }
    }

    /** Controls, separators of lines, and what turns the direction of writing. */
    static boolean isEscaped(char character) {
        return Character.isISOControl(character)
                || (character >= '\u200E' && character <= '\u200F')
                || (character >= '\u2028' && character <= '\u202E')
                || (character >= '\u2066' && character <= '\u2069');
    }
}
