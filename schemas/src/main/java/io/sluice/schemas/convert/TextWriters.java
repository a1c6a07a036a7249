package io.sluice.schemas.convert;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Writers of what is text in JSON: strings, symbols, bytes, UUIDs, and decimals that may be text. */
final class TextWriters {

    private static final Pattern UUID_TEXT = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private static final int NUMBER_CHARACTERS_MAX = 400;

    private TextWriters() {}

    /** Whether the text is one in UTF-8, too: half of a character would silently become a question mark. */
    static boolean isWellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    static final class StringWriter extends ValueWriter {
        @Override
        String expected() {
            return "string";
        }

        @Override
        boolean mayFit(JsonNode value) {
            return value.isTextual();
        }

        @Override
        void write(JsonNode value, Conversion to) {
            to.step();
            if (value.isTextual() && isWellFormed(value.textValue())) {
                to.out.writeString(value.textValue());
            } else {
                to.misfit(value, value.isTextual() ? "string of whole characters" : "string");
            }
        }
    }

    static final class EnumWriter extends ValueWriter {
        private final List<String> symbols;
        private final String expected;

        EnumWriter(List<String> symbols) {
            this.symbols = List.copyOf(symbols);
            expected = "one of " + Shown.shortened(String.join(", ", symbols), Shown.WORDS_MAX);
        }

        @Override
        String expected() {
            return expected;
        }

        @Override
        boolean mayFit(JsonNode value) {
            return value.isTextual();
        }

        @Override
        void write(JsonNode value, Conversion to) {
            to.step();
            int index = value.isTextual() ? symbols.indexOf(value.textValue()) : -1;
            if (index < 0) {
                to.misfit(value, expected);
            } else {
                to.out.writeLong(index);
            }
        }
    }

    /** Bytes or fixed, from Base64. */
    static final class BytesWriter extends ValueWriter {
        private final int fixedSize;

        /** @param fixedSize how many bytes, or -1 for any number */
        BytesWriter(int fixedSize) {
            this.fixedSize = fixedSize;
        }

        @Override
        String expected() {
            return fixedSize < 0 ? "bytes in Base64" : fixedSize + " bytes in Base64";
        }

        @Override
        boolean mayFit(JsonNode value) {
            return value.isTextual();
        }

        @Override
        boolean isGreedy() {
            return true;
        }

        @Override
        void write(JsonNode value, Conversion to) {
            to.step();
            byte[] bytes = value.isTextual() ? decode(value.textValue()) : null;
            if (bytes == null || (fixedSize >= 0 && bytes.length != fixedSize)) {
                to.misfit(value, expected());
            } else if (fixedSize < 0) {
                to.out.writeBytes(bytes);
            } else {
                to.out.writeRaw(bytes);
            }
        }

        private static byte @Nullable [] decode(String text) {
            try {
                return Base64.getDecoder().decode(text);
            } catch (IllegalArgumentException notBase64) {
                return null;
            }
        }
    }

    static final class UuidWriter extends ValueWriter {
        private final boolean isText;

        /** @param isText whether it is a string in Avro; otherwise 16 bytes */
        UuidWriter(boolean isText) {
            this.isText = isText;
        }

        @Override
        String expected() {
            return "UUID";
        }

        @Override
        boolean mayFit(JsonNode value) {
            return value.isTextual();
        }

        @Override
        void write(JsonNode value, Conversion to) {
            to.step();
            if (!value.isTextual() || !UUID_TEXT.matcher(value.textValue()).matches()) {
                to.misfit(value, expected());
            } else if (isText) {
                to.out.writeString(value.textValue());
            } else {
                UUID uuid = UUID.fromString(value.textValue());
                to.out.writeRaw(ByteBuffer.allocate(16)
                        .putLong(uuid.getMostSignificantBits())
                        .putLong(uuid.getLeastSignificantBits())
                        .array());
            }
        }
    }

    /** A decimal of so many digits, from a number or from text. */
    static final class DecimalWriter extends ValueWriter {
        private final int precision;
        private final int scale;
        private final int fixedSize;

        /** @param fixedSize how many bytes, or -1 for any number */
        DecimalWriter(int precision, int scale, int fixedSize) {
            this.precision = precision;
            this.scale = scale;
            this.fixedSize = fixedSize;
        }

        @Override
        String expected() {
            return "decimal of " + precision + " digits, " + scale + " of them behind the point";
        }

        @Override
        boolean mayFit(JsonNode value) {
            return value.isNumber() || value.isTextual();
        }

        @Override
        void write(JsonNode value, Conversion to) {
            to.step();
            BigDecimal number = number(value);
            BigInteger unscaled = number == null ? null : Numbers.unscaled(number, precision, scale);
            byte[] bytes = unscaled == null ? null : unscaled.toByteArray();
            if (bytes == null || unscaled == null || (fixedSize >= 0 && bytes.length > fixedSize)) {
                to.misfit(value, expected());
            } else if (fixedSize < 0) {
                to.out.writeBytes(bytes);
            } else {
                byte[] padded = new byte[fixedSize];
                int from = fixedSize - bytes.length;
                Arrays.fill(padded, 0, from, (byte) (unscaled.signum() < 0 ? -1 : 0));
                System.arraycopy(bytes, 0, padded, from, bytes.length);
                to.out.writeRaw(padded);
            }
        }

        private static @Nullable BigDecimal number(JsonNode value) {
            if (value.isNumber()) {
                return value.decimalValue();
            }
            if (!value.isTextual() || value.textValue().length() > NUMBER_CHARACTERS_MAX) {
                return null;
            }
            try {
                return new BigDecimal(value.textValue());
            } catch (NumberFormatException noNumber) {
                return null;
            }
        }
    }
}
