package io.sluice.mqtt.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client that does what the test says and nothing else; it acknowledges only in {@link #message()}. For one thread. */
final class Device implements Closeable {

    private final Line line;
    private final Version version;
    private final Deque<Received> unread = new ArrayDeque<>();
    private @Nullable Received connAck;
    private int lastPacketId;

    Device(Line line, Version version) {
        this.line = line;
        this.version = version;
    }

    // ---- bytes ----------------------------------------------------------------------------------------------------

    /** Sends all of it in one write, where the transport allows. */
    Device send(byte[]... packets) throws IOException {
        line.write(Wire.join(packets));
        return this;
    }

    /** The next packet, whatever it is. */
    Received next() throws IOException {
        Received earlier = unread.pollFirst();
        return earlier == null ? read() : earlier;
    }

    /** The next packet of this type; those before it are kept. */
    Received next(int type) throws IOException {
        for (Iterator<Received> earlier = unread.iterator(); earlier.hasNext(); ) {
            Received packet = earlier.next();
            if (packet.type() == (type & 0xF0)) {
                earlier.remove();
                return packet;
            }
        }
        Received packet = read();
        while (packet.type() != (type & 0xF0)) {
            unread.addLast(packet);
            packet = read();
        }
        return packet;
    }

    private Received read() throws IOException {
        int firstByte = line.read();
        if (firstByte < 0) {
            throw new EOFException("closed by the server; unread: " + unread);
        }
        int length = 0;
        int shift = 0;
        int digit;
        do {
            digit = line.read();
            length |= (digit & 0x7F) << shift;
            shift += 7;
        } while (digit >= 0x80);
        if ((firstByte & 0xF0) != Wire.PUBLISH) {
            // [MQTT-2.1.3-1], of 3.1.1 [MQTT-2.2.2-1]: what the server sends obeys the table as well.
            assertThat(firstByte & 0x0F).as("flags of %02x", firstByte).isEqualTo((firstByte & 0xF0) == 0x60 ? 2 : 0);
        }
        byte[] body = new byte[length];
        for (int i = 0; i < length; i++) {
            int next = line.read();
            if (next < 0) {
                throw new EOFException("closed by the server in mid-packet");
            }
            body[i] = (byte) next;
        }
        return new Received(version, firstByte, body);
    }

    // ---- what is expected -----------------------------------------------------------------------------------------

    /** Nothing more has come, and the server has closed the connection. */
    void assertClosed() throws IOException {
        assertThat(unread).isEmpty();
        assertThat(line.read()).as("end of the connection").isEqualTo(-1);
    }

    /** The server ends the connection: an MQTT 5 client is told this code, an older one nothing. */
    void assertRefused(int code5) throws IOException {
        unread.clear();
        if (version.is5()) {
            Received disconnect = next(Wire.DISCONNECT);
            unread.clear();
            assertThat(disconnect.code())
                    .as("reason code of DISCONNECT " + disconnect)
                    .isEqualTo(code5);
        }
        assertClosed();
    }

    /** Everything that comes until the server has closed the connection. */
    List<Received> untilClosed() throws IOException {
        List<Received> packets = new ArrayList<>(unread);
        unread.clear();
        try {
            while (true) {
                packets.add(read());
            }
        } catch (EOFException closed) {
            return packets;
        }
    }

    /** The answer to a CONNECT that is refused: CONNACK with this code, then the end. */
    Received assertRejected(int code) throws IOException {
        Received answer = next();
        assertThat(answer.type()).isEqualTo(Wire.CONNACK);
        assertThat(answer.code()).as("code of " + answer).isEqualTo(code);
        assertThat(answer.body()[0]).as("CONNACK flags").isZero();
        assertClosed();
        return answer;
    }

    void assertAnswered(int type, int packetId) throws IOException {
        Received answer = next(type);
        assertThat(answer.packetId()).as("packet id of " + answer).isEqualTo(packetId);
        assertThat(answer.code()).as("reason code of " + answer).isZero();
    }

    /** All that was sent until now is processed, and nothing has come but what was asked for. */
    void assertQuiet() throws IOException {
        send(Wire.ping());
        Received next = next();
        assertThat(next.type()).as("PINGRESP (expected), not " + next).isEqualTo(Wire.PINGRESP);
    }

    /** All that was sent until now is processed. */
    Device settled() throws IOException {
        send(Wire.ping());
        next(Wire.PINGRESP);
        return this;
    }

    /** Throws away what has come and was not asked for. */
    void forget() {
        unread.clear();
    }

    // ---- packets --------------------------------------------------------------------------------------------------

    /** Connects, and is accepted. */
    Device connect(Connect connect) throws IOException {
        send(connect.bytes());
        Received answer = next();
        assertThat(answer.type()).as("type of " + answer).isEqualTo(Wire.CONNACK);
        assertThat(answer.code()).as("CONNACK").isZero();
        connAck = answer;
        return this;
    }

    Received connAck() {
        if (connAck == null) {
            throw new AssertionError("not connected");
        }
        return connAck;
    }

    Version version() {
        return version;
    }

    int packetId() {
        return ++lastPacketId;
    }

    /** Subscribes, is answered, and returns the code. */
    int subscribe(String filter, int options, byte[]... properties) throws IOException {
        int packetId = packetId();
        byte[] of5 = version.is5() ? Wire.properties(properties) : new byte[0];
        send(Wire.packet(Wire.SUBSCRIBE, Wire.u16(packetId), of5, Wire.text(filter), Wire.u8(options)));
        Received answer = next(Wire.SUBACK);
        assertThat(answer.packetId()).isEqualTo(packetId);
        return answer.codes().get(0);
    }

    /** Unsubscribes, and is answered. */
    Received unsubscribe(String... filters) throws IOException {
        send(Wire.unsubscribe(version, packetId(), filters));
        return next(Wire.UNSUBACK);
    }

    /** Publishes, and returns when the message is stored (at QoS 0: when it is sent). */
    Device publish(String topic, String payload, int qos) throws IOException {
        return publish(qos << 1, topic, payload);
    }

    /** The same as the retained message of the topic. */
    Device retain(String topic, String payload, int qos) throws IOException {
        return publish(qos << 1 | 1, topic, payload);
    }

    private Device publish(int flags, String topic, String payload) throws IOException {
        int qos = flags >> 1;
        int packetId = qos == 0 ? 0 : packetId();
        send(Wire.publish(version, flags, topic, packetId, payload));
        if (qos == 1) {
            assertAnswered(Wire.PUBACK, packetId);
        } else if (qos == 2) {
            assertAnswered(Wire.PUBREC, packetId);
            send(Wire.answer(Wire.PUBREL, packetId));
            assertAnswered(Wire.PUBCOMP, packetId);
        }
        return this;
    }

    /** The next message, acknowledged as its QoS wants. */
    Received.Message message() throws IOException {
        Received.Message message = unacknowledged();
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
    Received.Message unacknowledged() throws IOException {
        return next(Wire.PUBLISH).message();
    }

    /** The payloads of so many messages, acknowledged. */
    List<String> payloads(int count) throws IOException {
        List<String> payloads = new ArrayList<>();
        while (payloads.size() < count) {
            payloads.add(message().payload());
        }
        return payloads;
    }

    /** Says goodbye; returns when the server has closed. */
    void disconnect(byte[]... properties) throws IOException {
        send(
                properties.length == 0
                        ? Wire.disconnect()
                        : Wire.packet(Wire.DISCONNECT, Wire.u8(0), Wire.properties(properties)));
        untilClosed();
        line.close();
    }

    /** The network breaks, as the server sees it. */
    void breakOff() throws IOException {
        line.reset();
    }

    /** How long the next packet may take, in ms. */
    Device timeout(int millis) throws IOException {
        line.timeout(millis);
        return this;
    }

    @Override
    public void close() throws IOException {
        line.close();
    }
}
