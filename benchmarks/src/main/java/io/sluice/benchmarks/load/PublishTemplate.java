package io.sluice.benchmarks.load;

import io.netty.buffer.ByteBuf;

/**
 * A PUBLISH that was encoded once; each message is a copy with packet id, sequence number and time patched in. Immutable.
 *
 * <p>The payload starts with the run (4 bytes), the publisher (4), the sequence number (8) and the intended time of
 * sending in ns of {@link System#nanoTime()} (8); the rest is filler.
 */
final class PublishTemplate {

    static final int HEADER_BYTES = 24;

    private final byte[] packet;
    private final int packetIdAt;
    private final int payloadAt;

    /**
     * @param packet a whole PUBLISH; taken over
     * @param payloadBytes size of its payload, which ends the packet
     * @param qos above 0 the packet has a packet id, right after the topic name
     */
    PublishTemplate(byte[] packet, int payloadBytes, int qos) {
        this.packet = packet;
        this.payloadAt = packet.length - payloadBytes;
        int topicAt = 1;
        while (packet[topicAt++] < 0) {
            // Skips the Remaining Length.
        }
        int topicBytes = ((packet[topicAt] & 0xff) << 8) | (packet[topicAt + 1] & 0xff);
        this.packetIdAt = qos == 0 ? -1 : topicAt + 2 + topicBytes;
    }

    int size() {
        return packet.length;
    }

    /** Appends one message. */
    void write(ByteBuf out, int packetId, long sequence, long intendedNanos) {
        int start = out.writerIndex();
        out.writeBytes(packet);
        if (packetIdAt >= 0) {
            out.setShort(start + packetIdAt, packetId);
        }
        out.setLong(start + payloadAt + 8, sequence);
        out.setLong(start + payloadAt + 16, intendedNanos);
    }
}
