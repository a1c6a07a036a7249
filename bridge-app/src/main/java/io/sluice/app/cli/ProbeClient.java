package io.sluice.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;

/**
 * As much of an MQTT 3.1.1 client as a probe needs: it waits for the answer to each packet, and passes over all others.
 * For one thread; blocks.
 */
final class ProbeClient implements AutoCloseable {

    private static final int CONNACK = 0x20;
    private static final int PUBLISH = 0x30;
    private static final int PUBACK = 0x40;
    private static final int SUBACK = 0x90;
    private static final int FAILURE = 0x80;
    private static final int PACKET_BYTES_MAX = 1 << 20;
    private static final int LENGTH_BYTES_MAX = 4;
    private static final int PACKET_ID = 1;
    private static final byte[] NONE = {};

    /** A packet that was read. */
    private record Packet(int firstByte, byte[] body) {

        int type() {
            return firstByte & 0xF0;
        }

        int unsigned(int index) throws IOException {
            if (index >= body.length) {
                throw new IOException("a packet of " + body.length + " bytes (expected: more)");
            }
            return body[index] & 0xFF;
        }
    }

    private final ProbeTransport transport;

    private ProbeClient(ProbeTransport transport) {
        this.transport = transport;
    }

    /**
     * Connects with a clean session, and is accepted.
     *
     * @param listener mqtt://HOST:PORT or ws://HOST:PORT/PATH
     * @param timeout of each wait
     */
    static ProbeClient connect(URI listener, Duration timeout) throws IOException {
        ProbeTransport transport = "ws".equals(listener.getScheme())
                ? WebSocketTransport.connect(listener, timeout)
                : SocketTransport.connect(listener, timeout);
        ProbeClient client = new ProbeClient(transport);
        try {
            client.hello(timeout);
            return client;
        } catch (IOException failure) {
            client.close();
            throw failure;
        }
    }

    private void hello(Duration timeout) throws IOException {
        String clientId = "sluice-probe-" + UUID.randomUUID().toString().substring(0, 8);
        int keepAliveSeconds = (int) Math.min(65_535, 2 * timeout.toSeconds());
        byte[] header = {4, 2, (byte) (keepAliveSeconds >> 8), (byte) keepAliveSeconds};
        send(0x10, text("MQTT"), header, text(clientId));
        int code = await(CONNACK).unsigned(1);
        if (code != 0) {
            throw new IOException("CONNACK with code " + code + " (expected: 0, accepted)");
        }
    }

    /** Publishes at QoS 1; returns when it is acknowledged. */
    void publish(String topic, byte[] payload) throws IOException {
        send(PUBLISH | 2, text(topic), packetId(), payload);
        await(PUBACK);
    }

    /** Subscribes at QoS 1; returns when it is granted. */
    void subscribe(String filter) throws IOException {
        send(0x82, packetId(), text(filter), new byte[] {1});
        int code = await(SUBACK).unsigned(2);
        if (code >= FAILURE) {
            throw new IOException("SUBACK with code " + code + " (expected: 0, 1 or 2)");
        }
    }

    /** Publishes at QoS 1 what is subscribed; returns when it is acknowledged and has come back, in whatever order. */
    void publishAndReceive(String topic, byte[] payload) throws IOException {
        send(PUBLISH | 2, text(topic), packetId(), payload);
        boolean isAcknowledged = false;
        boolean isReceived = false;
        while (!isAcknowledged || !isReceived) {
            Packet packet = read();
            isAcknowledged |= packet.type() == PUBACK;
            isReceived |= packet.type() == PUBLISH && isWith(payload, packet);
        }
    }

    /** Takes a message, and acknowledges it; whether it has this payload. */
    private boolean isWith(byte[] payload, Packet packet) throws IOException {
        boolean hasPacketId = (packet.firstByte() & 0x06) != 0;
        int topicEnd = 2 + (packet.unsigned(0) << 8 | packet.unsigned(1));
        int start = hasPacketId ? topicEnd + 2 : topicEnd;
        if (hasPacketId) {
            send(PUBACK, new byte[] {(byte) packet.unsigned(topicEnd), (byte) packet.unsigned(topicEnd + 1)});
        }
        byte[] body = packet.body();
        return start <= body.length && Arrays.equals(body, start, body.length, payload, 0, payload.length);
    }

    private Packet await(int type) throws IOException {
        Packet packet = read();
        while (packet.type() != type) {
            packet = read();
        }
        return packet;
    }

    private Packet read() throws IOException {
        InputStream in = transport.in();
        int firstByte = octet(in);
        int length = 0;
        for (int i = 0; i < LENGTH_BYTES_MAX; i++) {
            int octet = octet(in);
            length |= (octet & 0x7F) << (7 * i);
            if (octet < 0x80) {
                break;
            }
        }
        if (length > PACKET_BYTES_MAX) {
            throw new IOException("a packet of " + length + " bytes (expected: at most " + PACKET_BYTES_MAX + ")");
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw closed();
        }
        return new Packet(firstByte, body);
    }

    private static int octet(InputStream in) throws IOException {
        int octet = in.read();
        if (octet < 0) {
            throw closed();
        }
        return octet;
    }

    private static IOException closed() {
        return new EOFException("closed by the server");
    }

    private void send(int firstByte, byte[]... parts) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            body.write(part);
        }
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.write(firstByte);
        int rest = body.size();
        do {
            int digit = rest & 0x7F;
            rest >>>= 7;
            packet.write(rest > 0 ? digit | 0x80 : digit);
        } while (rest > 0);
        body.writeTo(packet);
        transport.send(packet.toByteArray());
    }

    private static byte[] packetId() {
        return new byte[] {0, PACKET_ID};
    }

    private static byte[] text(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        byte[] field = Arrays.copyOf(new byte[] {(byte) (bytes.length >> 8), (byte) bytes.length}, 2 + bytes.length);
        System.arraycopy(bytes, 0, field, 2, bytes.length);
        return field;
    }

    /** Says goodbye, so that the server counts no lost connection. */
    @Override
    public void close() {
        try {
            send(0xE0, NONE);
        } catch (IOException gone) {
            // Closed is what it is to be.
        }
        transport.close();
    }
}
