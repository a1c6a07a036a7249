package io.sluice.app.outage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;

/**
 * A client, byte by byte, that publishes a few messages at QoS 1 without waiting for their acknowledgement, and measures
 * how long the answer to its ping takes. For one thread.
 */
final class PingingClient implements AutoCloseable {

    private static final int KEEP_ALIVE_SECONDS = 4;
    private static final int PUBACK = 0x40;
    private static final int PINGRESP = 0xD0;

    private final String name;
    private final boolean isMqtt5;
    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private int published;
    private int acknowledged;
    private Duration slowestPing = Duration.ZERO;

    private PingingClient(String name, boolean isMqtt5, int port) throws IOException {
        this.name = name;
        this.isMqtt5 = isMqtt5;
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(5_000);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
        connect();
    }

    static PingingClient mqtt3(String name, int port) throws IOException {
        return new PingingClient(name, false, port);
    }

    static PingingClient mqtt5(String name, int port) throws IOException {
        return new PingingClient(name, true, port);
    }

    private void connect() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(body);
        data.writeUTF("MQTT");
        data.write(isMqtt5 ? 5 : 4);
        data.write(2);
        data.writeShort(KEEP_ALIVE_SECONDS);
        if (isMqtt5) {
            data.write(0);
        }
        data.writeUTF(name);
        send(0x10, body);
        if (readPacket() != 0x20) {
            throw new IOException(name + ": no CONNACK");
        }
    }

    /** Sends a message, and does not wait for its acknowledgement. */
    void publish() throws IOException {
        publish("unnumbered");
    }

    void publish(String payload) throws IOException {
        published++;
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(body);
        data.writeUTF("outage/" + name);
        data.writeShort(published);
        if (isMqtt5) {
            data.write(0);
        }
        data.write(payload.getBytes(UTF_8));
        send(0x32, body);
    }

    private void send(int firstByte, ByteArrayOutputStream body) throws IOException {
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.write(firstByte);
        int length = body.size();
        for (; length > 0x7F; length >>= 7) {
            packet.write((length & 0x7F) | 0x80);
        }
        packet.write(length);
        body.writeTo(packet);
        out.write(packet.toByteArray());
    }

    /** Pings, and returns when it is answered. */
    void ping() throws IOException {
        long start = System.nanoTime();
        out.write(new byte[] {(byte) 0xC0, 0});
        int type = readPacket();
        while (type != PINGRESP) {
            acknowledged += type == PUBACK ? 1 : 0;
            type = readPacket();
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        slowestPing = took.compareTo(slowestPing) > 0 ? took : slowestPing;
    }

    /** Pings, and returns whether it is answered in time. */
    boolean isPingAnswered(Duration within) throws IOException {
        socket.setSoTimeout((int) within.toMillis());
        try {
            ping();
            return true;
        } catch (SocketTimeoutException silent) {
            return false;
        }
    }

    /** Whether the server has closed the connection, or does so in time; reads whatever comes before. */
    boolean isClosed(Duration within) throws IOException {
        socket.setSoTimeout((int) within.toMillis());
        try {
            while (in.read() >= 0) {
                // A byte of something else.
            }
        } catch (SocketTimeoutException open) {
            return false;
        } catch (SocketException reset) {
            // As good as closed.
        }
        socket.close();
        return true;
    }

    /** The type of the next packet; all that come here are short. */
    private int readPacket() throws IOException {
        int type = in.readUnsignedByte() & 0xF0;
        in.readFully(new byte[in.readUnsignedByte()]);
        return type;
    }

    /** Messages without an acknowledgement, as far as was read. */
    int unacknowledged() {
        return published - acknowledged;
    }

    Duration slowestPing() {
        return slowestPing;
    }

    @Override
    public void close() throws IOException {
        if (!socket.isClosed()) {
            try (socket) {
                out.write(new byte[] {(byte) 0xE0, 0});
            }
        }
    }
}
