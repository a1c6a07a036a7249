package io.sluice.schemas.convert;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/** Readers of what has nothing inside. */
final class ScalarReaders {

    private ScalarReaders() {}

    static final class NullReader implements ValueReader {
        @Override
        public void read(AvroInput in, JsonGenerator out) throws IOException {
            out.writeNull();
        }

        @Override
        public void check(AvroInput in) {}
    }

    static final class BooleanReader implements ValueReader {
        @Override
        public void read(AvroInput in, JsonGenerator out) throws IOException {
            out.writeBoolean(in.readBoolean());
        }

        @Override
        public void check(AvroInput in) {
            var unused = in.readBoolean();
        }
    }

    static final class IntReader implements ValueReader {
        @Override
        public void read(AvroInput in, JsonGenerator out) throws IOException {
            out.writeNumber(in.readInt());
        }

        @Override
        public void check(AvroInput in) {
            var unused = in.readInt();
        }
    }

    static final class LongReader implements ValueReader {
        @Override
        public void read(AvroInput in, JsonGenerator out) throws IOException {
            out.writeNumber(in.readLong());
        }

        @Override
        public void check(AvroInput in) {
            var unused = in.readLong();
        }
    }

    static final class FloatReader implements ValueReader {
        @Override
        public void read(AvroInput in, JsonGenerator out) throws IOException {
            float value = in.readFloat();
            if (!Float.isFinite(value)) {
                throw new AvroInput.Malformed(Float.toString(value), "a number, which JSON has");
            }
            out.writeNumber(value);
        }

        @Override
        public void check(AvroInput in) {
            in.skipFixed(4);
        }
    }

    static final class DoubleReader implements ValueReader {
        @Override
        public void read(AvroInput in, JsonGenerator out) throws IOException {
            double value = in.readDouble();
            if (!Double.isFinite(value)) {
                throw new AvroInput.Malformed(Double.toString(value), "a number, which JSON has");
            }
            out.writeNumber(value);
        }

        @Override
        public void check(AvroInput in) {
            in.skipFixed(8);
        }
    }

    static final class StringReader implements ValueReader {
        @Override
        public void read(AvroInput in, JsonGenerator out) throws IOException {
            out.writeString(in.readString());
        }

        @Override
        public void check(AvroInput in) {
            in.skipString();
        }
    }

    static final class EnumReader implements ValueReader {
        private final List<String> symbols;

        EnumReader(List<String> symbols) {
            this.symbols = List.copyOf(symbols);
        }

        @Override
        public void read(AvroInput in, JsonGenerator out) throws IOException {
            out.writeString(symbols.get(in.readIndex(symbols.size(), "symbols")));
        }

        @Override
        public void check(AvroInput in) {
            var unused = in.readIndex(symbols.size(), "symbols");
        }
    }

    /** Bytes or fixed, as Base64. */
    static final class BytesReader implements ValueReader {
        private final int fixedSize;

        BytesReader(int fixedSize) {
            this.fixedSize = fixedSize;
        }

        @Override
        public void read(AvroInput in, JsonGenerator out) throws IOException {
            out.writeString(Base64.getEncoder().encodeToString(bytes(in, fixedSize)));
        }

        @Override
        public void check(AvroInput in) {
            skip(in, fixedSize);
        }
    }

    private static byte[] bytes(AvroInput in, int fixedSize) {
        return fixedSize < 0 ? in.readBytes() : in.readFixed(fixedSize);
    }

    private static void skip(AvroInput in, int fixedSize) {
        if (fixedSize < 0) {
            in.skipBytes();
        } else {
            in.skipFixed(fixedSize);
        }
    }

    /** 16 bytes of a UUID, as text. */
    static final class UuidReader implements ValueReader {
        private static final int BYTES = 16;

        @Override
        public void read(AvroInput in, JsonGenerator out) throws IOException {
            ByteBuffer bytes = ByteBuffer.wrap(in.readFixed(BYTES));
            out.writeString(new UUID(bytes.getLong(), bytes.getLong()).toString());
        }

        @Override
        public void check(AvroInput in) {
            in.skipFixed(BYTES);
        }
    }

    static final class DecimalReader implements ValueReader {
        /** JSON's readers take no numbers of any length, and making one of many bytes takes long. */
        private static final int BYTES_MAX = 160;

        private final int scale;
        private final int fixedSize;

        DecimalReader(int scale, int fixedSize) {
            this.scale = scale;
            this.fixedSize = fixedSize;
        }

        @Override
        public void read(AvroInput in, JsonGenerator out) throws IOException {
            byte[] bytes = bytes(in, fixedSize);
            if (bytes.length == 0 || bytes.length > BYTES_MAX) {
                throw new AvroInput.Malformed("a decimal of " + bytes.length + " bytes", "1 to " + BYTES_MAX);
            }
            out.writeNumber(new BigDecimal(new BigInteger(bytes), scale).toPlainString());
        }

        @Override
        public void check(AvroInput in) {
            skip(in, fixedSize);
        }
    }

    /** Dates and times as text; what is out of their range as the number that it is. */
    static final class TimeReader implements ValueReader {
        private final TimeType type;

        TimeReader(TimeType type) {
            this.type = type;
        }

        @Override
        public void read(AvroInput in, JsonGenerator out) throws IOException {
            long count = in.readLong();
            if (type.isInRange(count)) {
                out.writeString(type.text(count));
            } else {
                out.writeNumber(count);
            }
        }

        @Override
        public void check(AvroInput in) {
            var unused = in.readLong();
        }
    }
}
