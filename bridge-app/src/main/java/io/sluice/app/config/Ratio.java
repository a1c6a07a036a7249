package io.sluice.app.config;

/**
 * How many of all: from {@code 0} to {@code 1}.
 *
 * @param value from 0 to 1
 */
public record Ratio(double value) {

    static final String EXPECTED = "a number from 0 to 1 such as 0.01";

    /**
     * The ratio that is written.
     *
     * @throws IllegalArgumentException with what was expected
     */
    public static Ratio parse(String text) {
        double value;
        try {
            value = text.matches("[0-9.eE+-]+") ? Double.parseDouble(text) : -1;
        } catch (NumberFormatException notOne) {
            throw new IllegalArgumentException(EXPECTED, notOne);
        }
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(EXPECTED);
        }
        return new Ratio(value);
    }

    @Override
    public String toString() {
        return Double.toString(value);
    }
}
