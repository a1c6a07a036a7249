package io.sluice.app.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of memory: {@code 256KiB}, {@code 1MiB}, {@code 512B}. A bare number is refused: it does not say its unit.
 *
 * @param count of bytes
 */
public record Bytes(long count) implements Comparable<Bytes> {

    static final String EXPECTED = "a size such as 512B, 256KiB, 64MiB or 1GiB";

    private static final Pattern FORM = Pattern.compile("(\\d{1,15})(B|KiB|MiB|GiB)");

    /**
     * The amount that is written.
     *
     * @throws IllegalArgumentException with what was expected
     */
    public static Bytes parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(EXPECTED);
        }
        int shift =
                switch (matcher.group(2)) {
                    case "B" -> 0;
                    case "KiB" -> 10;
                    case "MiB" -> 20;
                    default -> 30;
                };
        long number = Long.parseLong(matcher.group(1));
        if (number > Long.MAX_VALUE >> shift) {
            throw new IllegalArgumentException(EXPECTED);
        }
        return new Bytes(number << shift);
    }

    @Override
    public int compareTo(Bytes other) {
        return Long.compare(count, other.count);
    }

    @Override
    public String toString() {
        if (count != 0 && count % (1L << 30) == 0) {
            return (count >> 30) + "GiB";
        }
        if (count != 0 && count % (1L << 20) == 0) {
            return (count >> 20) + "MiB";
        }
        if (count != 0 && count % (1L << 10) == 0) {
            return (count >> 10) + "KiB";
        }
        return count + "B";
    }
}
