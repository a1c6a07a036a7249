package io.sluice.schemas.convert;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/**
 * Avro's binary encoding as anyone may have written it: no length is believed before the bytes are there. Confined to
 * one reading.
 */
final class AvroInput {

    /** No Avro of this schema. Carries no stack trace. */
    static final class Malformed extends RuntimeException {
        private final String found;
        private final String expected;

        Malformed(String found, String expected) {
            super(found, null, false, false);
            this.found = found;
            this.expected = expected;
        }

        String found() {
            return found;
        }

        String expected() {
            return expected;
        }
    }

    private static final int VARINT_BYTES_MAX = 10;

    final JsonPath path = new JsonPath();
    private final byte[] bytes;
    private final int depthMax;
    private int position;
    /** Items of arrays and maps may have no bytes of their own: so many of them are read, and no more. */
    private long itemsLeft;

    AvroInput(byte[] bytes, int from, ConvertLimits limits) {
        this.bytes = bytes;
        this.position = from;
        this.depthMax = limits.depthMax();
        this.itemsLeft = limits.bytesMax();
    }

    int left() {
        return bytes.length - position;
    }

    /** One level deeper: a record may be inside of itself without a byte between. */
    void enter() {
        if (path.depth() > depthMax) {
            throw new Malformed("more than " + depthMax + " levels", "less");
        }
    }

    private void need(long count) {
        if (count < 0 || count > left()) {
            throw new Malformed(count < 0 ? "a negative length" : "the end of the payload", count + " bytes more");
        }
    }

    boolean readBoolean() {
        need(1);
        byte value = bytes[position++];
        if (value != 0 && value != 1) {
            throw new Malformed("byte " + value, "a boolean, 0 or 1");
        }
        return value == 1;
    }

    long readLong() {
        long zigzag = 0;
        for (int i = 0; i < VARINT_BYTES_MAX; i++) {
            need(1);
            byte part = bytes[position++];
            zigzag |= (long) (part & 0x7F) << (7 * i);
            if (part >= 0) {
                return (zigzag >>> 1) ^ -(zigzag & 1);
            }
        }
        throw new Malformed("a number of more than " + VARINT_BYTES_MAX + " bytes", "an int or a long");
    }

    int readInt() {
        long value = readLong();
        if (value != (int) value) {
            throw new Malformed(Long.toString(value), "an int");
        }
        return (int) value;
    }

    float readFloat() {
        return Float.intBitsToFloat((int) readLittleEndian(4));
    }

    double readDouble() {
        return Double.longBitsToDouble(readLittleEndian(8));
    }

    private long readLittleEndian(int count) {
        need(count);
        long bits = 0;
        for (int i = 0; i < count; i++) {
            bits |= (bytes[position++] & 0xFFL) << (8 * i);
        }
        return bits;
    }

    byte[] readFixed(int size) {
        need(size);
        byte[] value = new byte[size];
        System.arraycopy(bytes, position, value, 0, size);
        position += size;
        return value;
    }

    byte[] readBytes() {
        return readFixed(length());
    }

    private int length() {
        long length = readLong();
        need(length);
        return (int) length;
    }

    void skipFixed(int size) {
        need(size);
        position += size;
    }

    void skipBytes() {
        // In two steps: reading the length moves the position, too.
        int length = length();
        position += length;
    }

    String readString() {
        return decode(length());
    }

    private String decode(int length) {
        try {
            String text = UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(bytes, position, length))
                    .toString();
            position += length;
            return text;
        } catch (CharacterCodingException e) {
            throw new Malformed("a string that is no UTF-8", "UTF-8");
        }
    }

    void skipString() {
        int length = length();
        for (int i = position; i < position + length; i++) {
            if (bytes[i] < 0) {
                var unused = decode(length);
                return;
            }
        }
        position += length;
    }

    /** Which of so many branches or symbols. */
    int readIndex(int count, String of) {
        long index = readLong();
        if (index < 0 || index >= count) {
            throw new Malformed("number " + index, "one of the " + count + " " + of);
        }
        return (int) index;
    }

    /** How many items the next block of an array or map has: 0 at its end. */
    long readBlock() {
        long count = readLong();
        if (count < 0) {
            count = -count;
            // How many bytes the block has, which we do not skip.
            var unused = readLong();
        }
        itemsLeft -= count;
        if (count < 0 || itemsLeft < 0) {
            throw new Malformed("too many items", "fewer");
        }
        return count;
    }
}
