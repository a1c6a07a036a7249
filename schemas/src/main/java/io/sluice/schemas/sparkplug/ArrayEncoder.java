package io.sluice.schemas.sparkplug;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.sluice.schemas.convert.AvroBuffer;
import io.sluice.schemas.convert.JsonPath;
import io.sluice.schemas.convert.MisfitException;

/** Writes arrays of Sparkplug 3.0, which are packed bytes, little-endian. Confined to one conversion. */
final class ArrayEncoder {

    private final AvroBuffer out;
    private final JsonPath path;
    private final ScalarEncoder scalars;

    ArrayEncoder(AvroBuffer out, JsonPath path, ScalarEncoder scalars) {
        this.out = out;
        this.path = path;
        this.scalars = scalars;
    }

    /** @throws MisfitException when the bytes are no such array */
    void write(DataType array, ByteString packed) throws MisfitException {
        switch (array.item()) {
            case BOOLEAN -> booleans(packed);
            case STRING -> strings(packed);
            default -> numbers(array, packed);
        }
        out.writeLong(0);
    }

    private void begin(int count) {
        if (count > 0) {
            out.writeLong(count);
        }
    }

    private void numbers(DataType array, ByteString packed) throws MisfitException {
        DataType item = array.item();
        int width = item.bits() / Byte.SIZE;
        if (packed.size() % width != 0) {
            throw misfit(packed, array.label() + ", " + width + " bytes for each item");
        }
        begin(packed.size() / width);
        for (int at = 0; at < packed.size(); at += width) {
            number(item, littleEndian(packed, at, width));
        }
    }

    private void number(DataType item, long bits) {
        int unused = Long.SIZE - item.bits();
        switch (item.form()) {
            case SIGNED -> scalars.writeLong((bits << unused) >> unused);
            case FLOAT -> scalars.writeFloat(Float.intBitsToFloat((int) bits));
            case DOUBLE -> scalars.writeDouble(Double.longBitsToDouble(bits));
            default -> scalars.writeUnsigned(bits);
        }
    }

    private static long littleEndian(ByteString packed, int at, int width) {
        long bits = 0;
        for (int i = 0; i < width; i++) {
            bits |= (packed.byteAt(at + i) & 0xFFL) << (Byte.SIZE * i);
        }
        return bits;
    }

    /** Their number in four bytes, then eight in a byte, the first in its highest bit. */
    private void booleans(ByteString packed) throws MisfitException {
        long count = packed.size() < Integer.BYTES ? -1 : littleEndian(packed, 0, Integer.BYTES);
        if (count < 0 || (count + Byte.SIZE - 1) / Byte.SIZE != packed.size() - Integer.BYTES) {
            throw misfit(packed, "BooleanArray, its count in four bytes and a bit for each item");
        }
        begin((int) count);
        for (int i = 0; i < count; i++) {
            int octet = packed.byteAt(Integer.BYTES + i / Byte.SIZE);
            scalars.writeBoolean(((octet >> (Byte.SIZE - 1 - i % Byte.SIZE)) & 1) != 0);
        }
    }

    /** Each ends with a byte of zero. */
    private void strings(ByteString packed) throws MisfitException {
        boolean isEnded = packed.isEmpty() || packed.byteAt(packed.size() - 1) == 0;
        if (!isEnded || !packed.isValidUtf8()) {
            throw misfit(packed, "StringArray, UTF-8 with a zero behind each item");
        }
        int count = 0;
        for (int i = 0; i < packed.size(); i++) {
            count += packed.byteAt(i) == 0 ? 1 : 0;
        }
        begin(count);
        int from = 0;
        for (int i = 0; i < packed.size(); i++) {
            if (packed.byteAt(i) == 0) {
                scalars.writeString(packed.substring(from, i).toString(UTF_8));
                from = i + 1;
            }
        }
    }

    private MisfitException misfit(ByteString packed, String expected) {
        return MisfitException.misfit(path.toString(), packed.size() + " bytes", expected);
    }
}
