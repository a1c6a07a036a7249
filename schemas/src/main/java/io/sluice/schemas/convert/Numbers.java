package io.sluice.schemas.convert;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import org.jspecify.annotations.Nullable;

/**
 * Numbers of JSON, which have any number of digits, as those of Avro: widened, never rounded. Stateless.
 *
 * <p>A decimal fraction is hardly ever a double exactly. It is taken for not rounded when the double, written with as
 * many digits, is the number that was sent: so 0.1 is, and 0.1234567890123456789 is not.
 */
final class Numbers {

    /** What {@link #whole} gives for no whole number, and for this one. */
    static final long NOT_WHOLE = Long.MIN_VALUE;

    private static final int LONG_DIGITS_MAX = 19;
    private static final long EXACT_IN_DOUBLE_MAX = 1L << 53;
    // So many digits survive the way into the type and back, within these bounds.
    private static final int DOUBLE_DIGITS = 15;
    private static final double DOUBLE_SMALL = 1e-300;
    private static final int FLOAT_DIGITS = 6;
    private static final float FLOAT_SMALL = 1e-37f;

    private Numbers() {}

    /** Whether the value is a whole number that fits into a long. */
    static boolean isWhole(JsonNode value) {
        if (value.isInt() || value.isLong()) {
            return true;
        }
        if (value.isBigInteger()) {
            return value.bigIntegerValue().bitLength() < Long.SIZE;
        }
        return value.isBigDecimal() && isWhole(value.decimalValue());
    }

    private static boolean isWhole(BigDecimal value) {
        if (value.signum() == 0) {
            return true;
        }
        // Before anything is computed: an exponent of nine digits is quickly written.
        if ((long) value.precision() - value.scale() > LONG_DIGITS_MAX || value.scale() > value.precision()) {
            return false;
        }
        BigDecimal plain = value.stripTrailingZeros();
        return plain.scale() <= 0 && plain.toBigInteger().bitLength() < Long.SIZE;
    }

    static long whole(JsonNode value) {
        if (value.isInt() || value.isLong()) {
            return value.longValue();
        }
        return isWhole(value) ? value.decimalValue().longValue() : NOT_WHOLE;
    }

    static boolean isDouble(JsonNode value) {
        if (value.isInt()) {
            return true;
        }
        if (value.isLong()) {
            long whole = value.longValue();
            return (whole <= EXACT_IN_DOUBLE_MAX && whole >= -EXACT_IN_DOUBLE_MAX)
                    || new BigDecimal((double) whole).compareTo(BigDecimal.valueOf(whole)) == 0;
        }
        if (value.isBigInteger()) {
            BigInteger whole = value.bigIntegerValue();
            double widened = whole.doubleValue();
            return !Double.isInfinite(widened) && new BigDecimal(widened).compareTo(new BigDecimal(whole)) == 0;
        }
        BigDecimal exact = value.decimalValue();
        double near = exact.doubleValue();
        if (exact.precision() <= DOUBLE_DIGITS && Math.abs(near) >= DOUBLE_SMALL) {
            return !Double.isInfinite(near);
        }
        return !Double.isInfinite(near) && isSame(new BigDecimal(near), exact);
    }

    static boolean isFloat(JsonNode value) {
        BigDecimal exact = value.decimalValue();
        float near = exact.floatValue();
        if (Float.isInfinite(near)) {
            return false;
        }
        if (value.isIntegralNumber()) {
            return new BigDecimal(near).compareTo(exact) == 0;
        }
        return (exact.precision() <= FLOAT_DIGITS && Math.abs(near) >= FLOAT_SMALL)
                || isSame(new BigDecimal(near), exact);
    }

    private static boolean isSame(BigDecimal near, BigDecimal exact) {
        return near.round(new MathContext(exact.precision())).compareTo(exact) == 0;
    }

    /**
     * The number with so many digits behind the point, or null when it has more, or more than fit before it.
     *
     * @param precision digits in all
     * @param scale digits behind the point
     */
    static @Nullable BigInteger unscaled(BigDecimal value, int precision, int scale) {
        if (value.signum() == 0) {
            return BigInteger.ZERO;
        }
        if ((long) value.precision() - value.scale() > (long) precision - scale) {
            return null;
        }
        BigDecimal plain = value.stripTrailingZeros();
        if (plain.scale() > scale) {
            return null;
        }
        BigInteger unscaled = plain.setScale(scale).unscaledValue();
        return new BigDecimal(unscaled).precision() <= precision ? unscaled : null;
    }
}
