package io.sluice.schemas.convert;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * Avro's binary encoding as it is written, up to a limit; what was written last can be taken back. Confined to one
 * conversion.
 */
public final class AvroBuffer {

    /** More than fits. Carries no stack trace. */
    public static final class Full extends RuntimeException {
        Full() {
            super("more than the limit", null, false, false);
        }
    }

    private final int bytesMax;
    private byte[] bytes;
    private int size;

    /** @param headroom bytes at the beginning that somebody else fills in */
    public AvroBuffer(int expectedBytes, int headroom, int bytesMax) {
        this.bytesMax = bytesMax;
        bytes = new byte[headroom + Math.max(32, expectedBytes)];
        size = headroom;
    }

    int size() {
        return size;
    }

    /** Forgets what is behind this size. */
    void truncate(int newSize) {
        size = newSize;
    }

    /** What is written, the headroom included. */
    public byte[] toByteArray() {
        return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    }

    private void ensure(int more) {
        if (size + (long) more > bytesMax) {
            throw new Full();
        }
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, 2 * bytes.length));
        }
    }

    public void writeByte(int value) {
        ensure(1);
        bytes[size++] = (byte) value;
    }

    /** An int or a long: zigzag, 7 bits in each byte. */
    public void writeLong(long value) {
        ensure(10);
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7FL) != 0) {
            bytes[size++] = (byte) ((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    public void writeFloat(float value) {
        writeLittleEndian(Float.floatToRawIntBits(value), 4);
    }

    public void writeDouble(double value) {
        writeLittleEndian(Double.doubleToRawLongBits(value), 8);
    }

    private void writeLittleEndian(long bits, int count) {
        ensure(count);
        for (int i = 0; i < count; i++) {
            bytes[size++] = (byte) (bits >>> (8 * i));
        }
    }

    public void writeString(String text) {
        writeBytes(text.getBytes(UTF_8));
    }

    /** The length, and the bytes. */
    public void writeBytes(byte[] value) {
        writeLong(value.length);
        writeRaw(value);
    }

    public void writeRaw(byte[] value) {
        ensure(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
    }
}
