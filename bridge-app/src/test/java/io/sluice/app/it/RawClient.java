package io.sluice.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An MQTT client that does what the test says and nothing else: it reads only when asked, and acknowledges only in
 * {@link #message()}. For one thread.
 */
public final class RawClient implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = (int) Patience.WAIT.toMillis();

    private final Socket socket;
    private final int timeoutMillis;
    private final InputStream in;
    private final OutputStream out;
    private final Deque<ReceivedPacket> unread = new ArrayDeque<>();
    private Protocol protocol = Protocol.MQTT_3_1_1;
    private @Nullable ReceivedPacket connAck;
    private int lastPacketId;

    public RawClient(int port) throws IOException {
        this(port, TIMEOUT_MILLIS);
    }

    /** Takes the network for broken when nothing has come for so long. */
    public RawClient(int port, int timeoutMillis) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port), timeoutMillis);
    }

    /** Speaks on a connection that is there. */
    public RawClient(Socket socket) throws IOException {
        this(socket, TIMEOUT_MILLIS);
    }

    private RawClient(Socket socket, int timeoutMillis) throws IOException {
        this.timeoutMillis = timeoutMillis;
        this.socket = socket;
        socket.setSoTimeout(timeoutMillis);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    // ---- bytes ----------------------------------------------------------------------------------------------------

    /** Which version the answers are read in. */
    public RawClient speaks(Protocol spoken) {
        protocol = spoken;
        return this;
    }

    /** Sends all of it in one write. */
    public RawClient send(byte[]... packets) throws IOException {
        out.write(Wire.join(packets));
        out.flush();
        return this;
    }

    /** The next packet, whatever it is. */
    public ReceivedPacket next() throws IOException {
        ReceivedPacket earlier = unread.pollFirst();
        return earlier == null ? read() : earlier;
    }

    /** The next packet of this type; those before it are kept. */
    public ReceivedPacket next(int type) throws IOException {
        for (Iterator<ReceivedPacket> earlier = unread.iterator(); earlier.hasNext(); ) {
            ReceivedPacket packet = earlier.next();
            if (packet.type() == (type & 0xF0)) {
                earlier.remove();
                return packet;
            }
        }
        ReceivedPacket packet = read();
        while (packet.type() != (type & 0xF0)) {
            unread.addLast(packet);
            packet = read();
        }
        return packet;
    }

    private ReceivedPacket read() throws IOException {
        int firstByte = in.read();
        if (firstByte < 0) {
            throw new EOFException("closed by the server; unread: " + unread);
        }
        int length = 0;
        int shift = 0;
        int digit;
        do {
            digit = in.read();
            if (digit < 0) {
                throw new EOFException("closed by the server in mid-packet");
            }
            length |= (digit & 0x7F) << shift;
            shift += 7;
        } while (digit >= 0x80);
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("closed by the server in mid-packet");
        }
        return new ReceivedPacket(protocol, firstByte, body);
    }

    /** Whether such a packet has come and was not asked for yet. */
    public boolean hasKept(int type) {
        return unread.stream().anyMatch(packet -> packet.type() == (type & 0xF0));
    }

    /** Everything that comes until the server has closed the connection. */
    public List<ReceivedPacket> untilClosed() throws IOException {
        List<ReceivedPacket> packets = new ArrayList<>(unread);
        unread.clear();
        try {
            while (true) {
                packets.add(read());
            }
        } catch (EOFException | SocketException closed) {
            return packets;
        }
    }

    /** Nothing more has come, and the server has closed the connection. */
    public void assertClosed() throws IOException {
        assertThat(unread).isEmpty();
        int end;
        try {
            end = in.read();
        } catch (SocketException reset) {
            end = -1;
        }
        assertThat(end).as("end of the connection").isEqualTo(-1);
    }

    /** The server says why, and closes; what it sent before is left out. */
    public void assertDisconnected(int reasonCode) throws IOException {
        ReceivedPacket disconnect = next(Wire.DISCONNECT);
        assertThat(disconnect.reasonCode()).as("reason code of DISCONNECT").isEqualTo(reasonCode);
        unread.clear();
        assertClosed();
    }

    /** All that was sent until now is processed by the server, and so are its answers read. */
    public RawClient settled() throws IOException {
        send(Wire.pingReq());
        next(Wire.PINGRESP);
        return this;
    }

    /** Whether the server sends such a packet, instead of closing. */
    public boolean isAnswered(int type) throws IOException {
        try {
            next(type);
            return true;
        } catch (EOFException | SocketException closed) {
            return false;
        }
    }

    /** Whether the server still answers a ping. */
    public boolean isAlive() throws IOException {
        try {
            send(Wire.pingReq());
        } catch (SocketException closed) {
            return false;
        }
        return isAnswered(Wire.PINGRESP);
    }

    /** Whether the server has closed the connection by now, and sent nothing; does not wait long. */
    public boolean isAtEnd() throws IOException {
        socket.setSoTimeout(20);
        try {
            return in.read() < 0;
        } catch (SocketTimeoutException open) {
            return false;
        } finally {
            socket.setSoTimeout(timeoutMillis);
        }
    }

    // ---- packets --------------------------------------------------------------------------------------------------

    /** Connects, and is accepted. */
    public RawClient connect(Connect connect) throws IOException {
        protocol = connect.protocol();
        send(connect.bytes());
        ReceivedPacket answer = next();
        assertThat(answer.type()).as("type of " + answer).isEqualTo(Wire.CONNACK);
        assertThat(answer.reasonCode()).as("CONNACK").isZero();
        connAck = answer;
        return this;
    }

    public ReceivedPacket connAck() {
        if (connAck == null) {
            throw new AssertionError("not connected");
        }
        return connAck;
    }

    public int nextPacketId() {
        return ++lastPacketId;
    }

    /** Subscribes, is answered, and returns the code. */
    public int subscribe(String filter, int options, byte[]... properties) throws IOException {
        int packetId = nextPacketId();
        byte[] of5 = protocol == Protocol.MQTT_5 ? Wire.properties(properties) : new byte[0];
        send(Wire.packet(Wire.SUBSCRIBE, Wire.u16(packetId), of5, Wire.text(filter), Wire.u8(options)));
        ReceivedPacket answer = next(Wire.SUBACK);
        assertThat(answer.packetId()).isEqualTo(packetId);
        return answer.codes().get(0);
    }

    /** Unsubscribes, and is answered. */
    public ReceivedPacket unsubscribe(String filter) throws IOException {
        send(Wire.packet(Wire.UNSUBSCRIBE, Wire.u16(nextPacketId()), Wire.noProperties(protocol), Wire.text(filter)));
        return next(Wire.UNSUBACK);
    }

    /** Publishes at QoS 1, and returns when the message is stored. */
    public RawClient publish(String topic, String payload) throws IOException {
        return publish(topic, payload, 1, false);
    }

    /** Publishes, and returns when the message is stored (at QoS 0: when it is sent). */
    public RawClient publish(String topic, String payload, int qos, boolean retain, byte[]... properties)
            throws IOException {
        int packetId = qos == 0 ? 0 : nextPacketId();
        send(publication(topic, payload, qos, retain, packetId, properties));
        if (qos == 1) {
            assertAnswered(Wire.PUBACK, packetId);
        } else if (qos == 2) {
            assertAnswered(Wire.PUBREC, packetId);
            send(Wire.answer(Wire.PUBREL, packetId));
            assertAnswered(Wire.PUBCOMP, packetId);
        }
        return this;
    }

    /** The bytes of a PUBLISH. */
    public byte[] publication(
            String topic, String payload, int qos, boolean retain, int packetId, byte[]... properties) {
        byte[] of5 = protocol == Protocol.MQTT_5 ? Wire.properties(properties) : new byte[0];
        return Wire.packet(
                Wire.PUBLISH | qos << 1 | (retain ? 1 : 0),
                Wire.text(topic),
                qos == 0 ? new byte[0] : Wire.u16(packetId),
                of5,
                payload.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    public void assertAnswered(int type, int packetId) throws IOException {
        ReceivedPacket answer = next(type);
        assertThat(answer.packetId()).as("packet id of " + answer).isEqualTo(packetId);
        assertThat(answer.reasonCode()).as("reason code of " + answer).isZero();
    }

    /** The next message, acknowledged as its QoS wants. */
    public ReceivedMessage message() throws IOException {
        ReceivedMessage message = unacknowledged();
        if (message.qos() == 1) {
            send(Wire.answer(Wire.PUBACK, message.packetId()));
        } else if (message.qos() == 2) {
            send(Wire.answer(Wire.PUBREC, message.packetId()));
            assertAnswered(Wire.PUBREL, message.packetId());
            send(Wire.answer(Wire.PUBCOMP, message.packetId()));
        }
        return message;
    }

    /** The next message, not acknowledged. */
    public ReceivedMessage unacknowledged() throws IOException {
        return next(Wire.PUBLISH).message();
    }

    /** The payloads of the messages up to this one, without it, acknowledged. */
    public List<String> payloadsUntil(String last) throws IOException {
        List<String> payloads = new ArrayList<>();
        for (String payload = message().payload();
                !payload.equals(last);
                payload = message().payload()) {
            payloads.add(payload);
        }
        return payloads;
    }

    /** Says a normal goodbye; returns when the server has closed. */
    public void disconnect() throws IOException {
        disconnect(Wire.packet(Wire.DISCONNECT));
    }

    /** Sends this DISCONNECT; returns when the server has closed. */
    public void disconnect(byte[] packet) throws IOException {
        send(packet);
        unread.clear();
        socket.setSoTimeout(timeoutMillis);
        while (in.read() >= 0) {
            // What was on its way.
        }
        socket.close();
    }

    /** The network breaks, as the server sees it: a reset, no DISCONNECT. */
    public void breakOff() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
