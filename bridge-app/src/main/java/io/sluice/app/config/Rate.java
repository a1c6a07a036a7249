package io.sluice.app.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How often something may happen: {@code 500/s}. A bare number is refused: it does not say its unit.
 *
 * @param perSecond times in a second
 */
public record Rate(int perSecond) implements Comparable<Rate> {

    static final String EXPECTED = "a rate such as 500/s";

    private static final Pattern FORM = Pattern.compile("(\\d{1,9})/s");

    /**
     * The rate that is written.
     *
     * @throws IllegalArgumentException with what was expected
     */
    public static Rate parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(EXPECTED);
        }
        return new Rate(Integer.parseInt(matcher.group(1)));
    }

    @Override
    public int compareTo(Rate other) {
        return Integer.compare(perSecond, other.perSecond);
    }

    @Override
    public String toString() {
        return perSecond + "/s";
    }
}
