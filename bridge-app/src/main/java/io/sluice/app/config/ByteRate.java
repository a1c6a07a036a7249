package io.sluice.app.config;

/**
 * How many bytes may pass: {@code 64KiB/s}. A bare number is refused: it does not say its unit.
 *
 * @param perSecond in a second
 */
public record ByteRate(Bytes perSecond) implements Comparable<ByteRate> {

    static final String EXPECTED = "a size in a second such as 64KiB/s";

    private static final String IN_A_SECOND = "/s";

    /**
     * The rate that is written.
     *
     * @throws IllegalArgumentException with what was expected
     */
    public static ByteRate parse(String text) {
        if (text.equals("0/s")) {
            return new ByteRate(new Bytes(0));
        }
        if (!text.endsWith(IN_A_SECOND)) {
            throw new IllegalArgumentException(EXPECTED);
        }
        try {
            return new ByteRate(Bytes.parse(text.substring(0, text.length() - IN_A_SECOND.length())));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(EXPECTED, e);
        }
    }

    @Override
    public int compareTo(ByteRate other) {
        return perSecond.compareTo(other.perSecond);
    }

    @Override
    public String toString() {
        return perSecond.count() == 0 ? "0/s" : perSecond + IN_A_SECOND;
    }
}
