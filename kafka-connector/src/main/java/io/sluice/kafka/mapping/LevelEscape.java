package io.sluice.kafka.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The escape that makes any text a part of a Kafka name, and never makes two texts the same: each byte of UTF-8 that
 * cannot stand in a name becomes "--" and two hexadecimal digits. '-' is the sign because device names and UUIDs have
 * single ones, which stay as they are, and because '_' at the start of a name has a meaning to Kafka.
 */
final class LevelEscape {

    static final String SIGN = "--";
    /** A level without characters, as in "/a". */
    static final String EMPTY = SIGN + "empty";
    /** No level at all, as the '#' of "a/#" in "a". Like "empty", no two hexadecimal digits. */
    static final String NONE = SIGN + "none";

    private static final String DIGITS = "0123456789abcdef";

    private LevelEscape() {}

    /**
     * The level as a part of a name.
     *
     * @param stop a character that ends the level in the name, and is therefore escaped in it; 0 for none
     * @param before the character that stands before the level in the name, 0 for none
     * @param after the character that follows it, 0 for none
     * @param first whether its first byte is escaped anyway, so that the name is not a reserved one
     */
    static void append(StringBuilder name, String level, char stop, char before, char after, boolean first) {
        if (level.isEmpty()) {
            name.append(EMPTY);
            return;
        }
        byte[] bytes = level.getBytes(UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            char c = (char) (bytes[i] & 0xff);
            char next = i + 1 < bytes.length ? (char) (bytes[i + 1] & 0xff) : after;
            // A '-' beside another one would read as the sign.
            boolean likeSign = c == '-' && (next == '-' || (i == 0 && before == '-'));
            if (KafkaTopicName.isLegal(c) && c != stop && !likeSign && !(first && i == 0)) {
                name.append(c);
            } else {
                name.append(SIGN).append(DIGITS.charAt(c >> 4)).append(DIGITS.charAt(c & 0xf));
            }
        }
    }

    /** How long the escape is that starts here, or 0 when none does. */
    static int lengthAt(String name, int at) {
        if (!name.startsWith(SIGN, at)) {
            return 0;
        }
        if (name.startsWith(EMPTY, at)) {
            return EMPTY.length();
        }
        if (name.startsWith(NONE, at)) {
            return NONE.length();
        }
        boolean hex = at + 4 <= name.length()
                && DIGITS.indexOf(name.charAt(at + 2)) >= 0
                && DIGITS.indexOf(name.charAt(at + 3)) >= 0;
        return hex ? 4 : 0;
    }

    /** The level that was escaped like this, or null when none can have been. */
    static @Nullable String decode(String escaped) {
        if (escaped.equals(EMPTY)) {
            return "";
        }
        if (!escaped.contains(SIGN)) {
            return escaped.isEmpty() ? null : escaped;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(escaped.length());
        for (int i = 0; i < escaped.length(); ) {
            int length = lengthAt(escaped, i);
            if (length == 0) {
                bytes.write(escaped.charAt(i));
                i++;
            } else if (length == 4) {
                bytes.write(DIGITS.indexOf(escaped.charAt(i + 2)) << 4 | DIGITS.indexOf(escaped.charAt(i + 3)));
                i += length;
            } else {
                return null;
            }
        }
        return StrictUtf8.decode(bytes.toByteArray());
    }
}
