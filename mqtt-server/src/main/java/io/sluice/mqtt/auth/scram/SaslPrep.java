package io.sluice.mqtt.auth.scram;

import java.text.Normalizer;

/**
 * SASLprep (RFC 4013), as RFC 5802 applies it to names and passwords: what may be written in several ways is brought
 * into one. Where the RFC has tables of Unicode 3.2 this asks the categories of the platform's Unicode, which prohibits
 * some more characters that cannot be seen, and knows those of today.
 */
final class SaslPrep {

    /** A character that no name and no password may have. Carries no stack trace: it is the peer's doing. */
    static final class Prohibited extends Exception {

        Prohibited(String message) {
            super(message, null, false, false);
        }
    }

    private static final int SOFT_HYPHEN = 0x00AD;
    private static final int GRAPHEME_JOINER = 0x034F;
    private static final int MONGOLIAN_SOFT_HYPHEN = 0x1806;
    private static final int ZERO_WIDTH_SPACE = 0x200B;
    private static final int JOINERS_LAST = 0x200D;
    private static final int WORD_JOINER = 0x2060;
    private static final int BYTE_ORDER_MARK = 0xFEFF;

    private SaslPrep() {}

    static String prepare(String text) throws Prohibited {
        StringBuilder mapped = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (Character.getType(c) == Character.SPACE_SEPARATOR) {
                mapped.append(' ');
            } else if (!isMappedToNothing(c)) {
                mapped.appendCodePoint(c);
            }
        }
        String normal = Normalizer.normalize(mapped, Normalizer.Form.NFKC);
        if (normal.codePoints().anyMatch(SaslPrep::isProhibited)) {
            throw new Prohibited("has a character that SASLprep prohibits");
        }
        checkDirections(normal);
        return normal;
    }

    /** RFC 3454, table B.1. */
    private static boolean isMappedToNothing(int c) {
        return c == SOFT_HYPHEN
                || c == GRAPHEME_JOINER
                || c == MONGOLIAN_SOFT_HYPHEN
                || (c >= 0x180B && c <= 0x180D)
                || (c >= ZERO_WIDTH_SPACE && c <= JOINERS_LAST)
                || c == WORD_JOINER
                || (c >= 0xFE00 && c <= 0xFE0F)
                || c == BYTE_ORDER_MARK;
    }

    private static boolean isProhibited(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.PRIVATE_USE,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    /** RFC 3454, section 6: text with right-to-left letters has no others, and begins and ends with them. */
    private static void checkDirections(String text) throws Prohibited {
        if (text.codePoints().noneMatch(SaslPrep::isRightToLeft)) {
            return;
        }
        boolean mixed = text.codePoints()
                .anyMatch(c -> Character.getDirectionality(c) == Character.DIRECTIONALITY_LEFT_TO_RIGHT);
        if (mixed || !isRightToLeft(text.codePointAt(0)) || !isRightToLeft(text.codePointBefore(text.length()))) {
            throw new Prohibited("mixes directions of writing");
        }
    }

    private static boolean isRightToLeft(int c) {
        byte direction = Character.getDirectionality(c);
        return direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT
                || direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;
    }
}
