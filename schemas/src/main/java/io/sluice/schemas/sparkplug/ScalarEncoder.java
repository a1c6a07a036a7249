package io.sluice.schemas.sparkplug;

import io.sluice.schemas.convert.AvroBuffer;
import io.sluice.schemas.convert.JsonPath;
import io.sluice.schemas.convert.MisfitException;
import io.sluice.schemas.sparkplug.WireValue.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Writes values that are one thing, each behind the number of its branch, which is the same in all unions of the schema.
 * Confined to one conversion.
 */
final class ScalarEncoder {

    private static final int NULL = 0;
    private static final int BOOLEAN = 1;
    private static final int LONG = 2;
    private static final int FLOAT = 3;
    private static final int DOUBLE = 4;
    private static final int STRING = 5;
    private static final int UINT64 = 6;

    private final AvroBuffer out;
    private final JsonPath path;

    ScalarEncoder(AvroBuffer out, JsonPath path) {
        this.out = out;
        this.path = path;
    }

    void writeNull() {
        out.writeLong(NULL);
    }

    /** @throws MisfitException when the value is none of the type, or the type has none that are one thing */
    void write(@Nullable DataType type, WireValue value) throws MisfitException {
        if (value.kind() == Kind.NOTHING) {
            writeNull();
            return;
        }
        DataType as = type == null ? DataType.UNKNOWN : type;
        switch (as.form()) {
            case AS_IT_IS -> writeAsItIs(value);
            case SIGNED -> writeLong(signed(as, value));
            case UNSIGNED -> writeUnsigned(unsigned(as, value));
            case FLOAT, DOUBLE -> writeReal(as, value);
            case BOOLEAN -> {
                require(value.kind() == Kind.BOOLEAN, as, value);
                writeBoolean(value.whole() != 0);
            }
            case TEXT -> {
                require(value.kind() == Kind.STRING, as, value);
                writeString(value.text());
            }
            default -> throw misfit(as, value);
        }
    }

    private void writeAsItIs(WireValue value) throws MisfitException {
        switch (value.kind()) {
            case INT, LONG -> writeUnsigned(value.whole());
            case FLOAT -> writeFloat((float) value.real());
            case DOUBLE -> writeDouble(value.real());
            case BOOLEAN -> writeBoolean(value.whole() != 0);
            case STRING -> writeString(value.text());
            default -> throw misfit(DataType.UNKNOWN, value);
        }
    }

    /** Devices send them as 32 or 64 bits, or with no more than their own. */
    private long signed(DataType type, WireValue value) throws MisfitException {
        require(value.isWhole(), type, value);
        long whole = value.whole();
        int unused = Long.SIZE - type.bits();
        long extended = (whole << unused) >> unused;
        boolean isOwnBits = unused == 0 || whole >>> type.bits() == 0;
        boolean is32Bits = whole >>> Integer.SIZE == 0 && (int) whole == extended;
        require(whole == extended || isOwnBits || is32Bits, type, value);
        return extended;
    }

    private long unsigned(DataType type, WireValue value) throws MisfitException {
        require(value.isWhole(), type, value);
        require(type.bits() == Long.SIZE || value.whole() >>> type.bits() == 0, type, value);
        return value.whole();
    }

    /** As many digits as were sent: nothing is rounded. */
    private void writeReal(DataType type, WireValue value) throws MisfitException {
        require(value.kind() == Kind.FLOAT || value.kind() == Kind.DOUBLE, type, value);
        if (type == DataType.FLOAT && value.kind() == Kind.FLOAT) {
            writeFloat((float) value.real());
        } else {
            writeDouble(value.real());
        }
    }

    private void require(boolean fits, DataType type, WireValue value) throws MisfitException {
        if (!fits) {
            throw misfit(type, value);
        }
    }

    MisfitException misfit(DataType type, WireValue value) {
        return MisfitException.misfit(path.toString(), value.shown(), type.label());
    }

    void writeBoolean(boolean value) {
        out.writeLong(BOOLEAN);
        out.writeByte(value ? 1 : 0);
    }

    void writeLong(long value) {
        out.writeLong(LONG);
        out.writeLong(value);
    }

    /** @param value 64 bits without a sign */
    void writeUnsigned(long value) {
        if (value >= 0) {
            writeLong(value);
            return;
        }
        // Of a decimal's nine bytes the first is the sign.
        out.writeLong(UINT64);
        out.writeByte(0);
        for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            out.writeByte((int) (value >>> shift));
        }
    }

    void writeFloat(float value) {
        out.writeLong(FLOAT);
        out.writeFloat(value);
    }

    void writeDouble(double value) {
        out.writeLong(DOUBLE);
        out.writeDouble(value);
    }

    void writeString(String value) {
        out.writeLong(STRING);
        out.writeString(value);
    }
}
