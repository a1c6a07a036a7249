package io.sluice.schemas.convert;

import com.fasterxml.jackson.databind.JsonNode;

/** Writers of null, booleans and plain numbers. */
final class ScalarWriters {

    private ScalarWriters() {}

    static final class NullWriter extends ValueWriter {
        @Override
        String expected() {
            return "null";
        }

        @Override
        boolean mayFit(JsonNode value) {
            return value.isNull();
        }

        @Override
        void write(JsonNode value, Conversion to) {
            to.step();
            if (!value.isNull()) {
                to.misfit(value, expected());
            }
        }
    }

    static final class BooleanWriter extends ValueWriter {
        @Override
        String expected() {
            return "boolean";
        }

        @Override
        boolean mayFit(JsonNode value) {
            return value.isBoolean();
        }

        @Override
        void write(JsonNode value, Conversion to) {
            to.step();
            if (value.isBoolean()) {
                to.out.writeByte(value.booleanValue() ? 1 : 0);
            } else {
                to.misfit(value, expected());
            }
        }
    }

    /** An int or a long; a number with a fraction of zero is whole. */
    static final class WholeWriter extends ValueWriter {
        private final String expected;
        private final long min;
        private final long max;

        WholeWriter(String expected, long min, long max) {
            this.expected = expected;
            this.min = min;
            this.max = max;
        }

        @Override
        String expected() {
            return expected;
        }

        @Override
        boolean mayFit(JsonNode value) {
            return value.isNumber();
        }

        @Override
        void write(JsonNode value, Conversion to) {
            to.step();
            long whole = Numbers.whole(value);
            if (whole == Numbers.NOT_WHOLE && !Numbers.isWhole(value)) {
                to.misfit(value, expected);
            } else if (whole < min || whole > max) {
                to.misfit(value, expected);
            } else {
                to.out.writeLong(whole);
            }
        }
    }

    static final class FloatWriter extends ValueWriter {
        @Override
        String expected() {
            return "float";
        }

        @Override
        boolean mayFit(JsonNode value) {
            return value.isNumber();
        }

        @Override
        void write(JsonNode value, Conversion to) {
            to.step();
            if (value.isNumber() && Numbers.isFloat(value)) {
                to.out.writeFloat(value.decimalValue().floatValue());
            } else {
                to.misfit(value, value.isNumber() ? "float (it would be rounded)" : "float");
            }
        }
    }

    static final class DoubleWriter extends ValueWriter {
        @Override
        String expected() {
            return "double";
        }

        @Override
        boolean mayFit(JsonNode value) {
            return value.isNumber();
        }

        @Override
        void write(JsonNode value, Conversion to) {
            to.step();
            if (value.isNumber() && Numbers.isDouble(value)) {
                to.out.writeDouble(value.doubleValue());
            } else {
                to.misfit(value, value.isNumber() ? "double (it would be rounded)" : "double");
            }
        }
    }
}
