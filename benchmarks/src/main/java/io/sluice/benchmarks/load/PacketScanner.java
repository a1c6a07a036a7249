package io.sluice.benchmarks.load;

import io.netty.buffer.ByteBuf;

/** Finds whole control packets in a stream of bytes without making an object of any (MQTT 5, section 2.1). */
final class PacketScanner {

    /** The Remaining Length has at most four bytes [MQTT-1.5.5-1]. */
    private static final int LENGTH_BYTES_MAX = 4;

    private PacketScanner() {}

    /** Told each whole packet, in order. */
    interface Listener {
        /**
         * @param first the first byte: type and flags
         * @param in borrowed; the body is from index {@code body} up to {@code end}; the indices of the buffer stay
         */
        void onPacket(int first, ByteBuf in, int body, int end);
    }

    /** Reports all whole packets, and leaves the rest unread. */
    static void scan(ByteBuf in, Listener listener) {
        while (in.readableBytes() >= 2) {
            int lengthBytes = lengthBytes(in);
            if (lengthBytes == 0) {
                return;
            }
            int body = in.readerIndex() + 1 + lengthBytes;
            int end = body + variableByteInteger(in, in.readerIndex() + 1);
            if (end > in.writerIndex()) {
                return;
            }
            listener.onPacket(in.getUnsignedByte(in.readerIndex()), in, body, end);
            in.readerIndex(end);
        }
    }

    /** A Variable Byte Integer at this index, which must be whole. */
    static int variableByteInteger(ByteBuf in, int index) {
        int value = 0;
        for (int i = 0; i < LENGTH_BYTES_MAX; i++) {
            int next = in.getUnsignedByte(index + i);
            value |= (next & 0x7f) << (7 * i);
            if (next < 0x80) {
                return value;
            }
        }
        throw new IllegalStateException("variable byte integer: over 4 bytes (expected: at most 4)");
    }

    /** How many bytes a Variable Byte Integer of this value takes. */
    static int variableByteIntegerBytes(int value) {
        return value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : 4;
    }

    /** Bytes of the Remaining Length, 0 while it is not whole. */
    private static int lengthBytes(ByteBuf in) {
        int available = Math.min(in.readableBytes() - 1, LENGTH_BYTES_MAX);
        for (int i = 1; i <= available; i++) {
            if (in.getUnsignedByte(in.readerIndex() + i) < 0x80) {
                return i;
            }
        }
        if (available == LENGTH_BYTES_MAX) {
            throw new IllegalStateException("remaining length: over 4 bytes (expected: at most 4)");
        }
        return 0;
    }
}
