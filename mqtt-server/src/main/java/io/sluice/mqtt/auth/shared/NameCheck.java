package io.sluice.mqtt.auth.shared;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Tells names that somebody else has made up (an authority for certificates, an identity provider) and that would pass
 * for other names in a log, a rule or somebody's eyes. What it lets through has one spelling only and is wholly visible.
 */
public final class NameCheck {

    /** Longest name, in bytes of UTF-8. */
    public static final int BYTES_MAX = 256;

    /** Blanks and modifiers that are letters or marks by category, and cannot be seen all the same. */
    private static final String INVISIBLE = "\u034F\u115F\u1160\u17B4\u17B5\u180B\u180C\u180D\u180F\u2800\u3164\uFFA0";

    /** The scripts that may be mixed in one name: the "highly restrictive" level of Unicode's UTS 39. */
    private static final List<Set<UnicodeScript>> MIXABLE = List.of(
            EnumSet.of(UnicodeScript.LATIN, UnicodeScript.HAN, UnicodeScript.HIRAGANA, UnicodeScript.KATAKANA),
            EnumSet.of(UnicodeScript.LATIN, UnicodeScript.HAN, UnicodeScript.BOPOMOFO),
            EnumSet.of(UnicodeScript.LATIN, UnicodeScript.HAN, UnicodeScript.HANGUL));

    private NameCheck() {}

    /** What is wrong with the name, without quoting it; null if nothing is. */
    public static @Nullable String problem(String name) {
        if (name.isEmpty()) {
            return "is empty";
        }
        // Before anything that takes time by the length.
        if (name.length() > BYTES_MAX || name.getBytes(UTF_8).length > BYTES_MAX) {
            return "is longer than " + BYTES_MAX + " bytes";
        }
        if (any(name, Character::isISOControl)) {
            return "has a control character";
        }
        if (any(name, NameCheck::isInvisible)) {
            return "has a character that cannot be seen, or that changes the direction of writing";
        }
        if (any(name, NameCheck::isUnknown)) {
            return "has a character that Unicode does not define";
        }
        if (name.charAt(0) == ' ' || name.charAt(name.length() - 1) == ' ') {
            return "begins or ends with a space";
        }
        if (!Normalizer.isNormalized(name, Normalizer.Form.NFKC)) {
            return "is not in Unicode's normal form (NFKC)";
        }
        return mixture(name);
    }

    /** As {@link #problem}, and it must also be a topic level that matches nothing but itself. */
    public static @Nullable String problemAsLevel(String name) {
        String problem = problem(name);
        if (problem == null && any(name, c -> c == '+' || c == '#' || c == '/')) {
            return "has one of + # /";
        }
        return problem;
    }

    private static boolean any(String name, IntPredicate is) {
        return name.codePoints().anyMatch(is);
    }

    private static boolean isInvisible(int c) {
        return switch (Character.getType(c)) {
            case Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            case Character.SPACE_SEPARATOR -> c != ' ';
            default -> INVISIBLE.indexOf(c) >= 0 || isVariationSelector(c);
        };
    }

    private static boolean isVariationSelector(int c) {
        return (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF);
    }

    private static boolean isUnknown(int c) {
        return switch (Character.getType(c)) {
            case Character.UNASSIGNED, Character.PRIVATE_USE, Character.SURROGATE -> true;
            default -> false;
        };
    }

    private static @Nullable String mixture(String name) {
        boolean leftToRight = any(name, c -> Character.getDirectionality(c) == Character.DIRECTIONALITY_LEFT_TO_RIGHT);
        if (leftToRight && any(name, NameCheck::isRightToLeft)) {
            return "mixes directions of writing";
        }
        Set<UnicodeScript> scripts = EnumSet.noneOf(UnicodeScript.class);
        name.codePoints().mapToObj(UnicodeScript::of).forEach(scripts::add);
        scripts.remove(UnicodeScript.COMMON);
        scripts.remove(UnicodeScript.INHERITED);
        if (scripts.size() > 1 && MIXABLE.stream().noneMatch(mixable -> mixable.containsAll(scripts))) {
            return "mixes scripts whose letters look alike";
        }
        return null;
    }

    private static boolean isRightToLeft(int c) {
        byte direction = Character.getDirectionality(c);
        return direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT
                || direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;
    }
}
