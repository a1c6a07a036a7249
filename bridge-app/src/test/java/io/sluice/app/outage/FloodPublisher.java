package io.sluice.app.outage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An MQTT 3.1.1 client that writes QoS 1 messages as fast as its socket takes them, whatever is acknowledged. It never
 * pings: when its socket is held, it cannot.
 */
final class FloodPublisher implements AutoCloseable {

    /** Where the messages of all of them are in Kafka. */
    static final String KAFKA_TOPIC = "mqtt.flood";

    private static final int PUBACK_BYTES = 4;
    private static final int KEEP_ALIVE_SECONDS = 4;

    final AtomicBoolean failed = new AtomicBoolean();
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong acknowledgedBytes = new AtomicLong();
    private final String name;
    private final String filling;
    private final Socket socket;
    private volatile boolean writing = true;
    private volatile boolean open = true;

    /**
     * @param name one letter
     * @param payloadBytes of each message, its number included
     */
    FloodPublisher(char name, int port, int payloadBytes) throws IOException {
        this.name = String.valueOf(name);
        filling = "x".repeat(payloadBytes);
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        byte[] connect = {
            0x10, 17, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, KEEP_ALIVE_SECONDS, 0, 5, 'f', 'l', 'o', 'o', (byte) name
        };
        socket.getOutputStream().write(connect);
        socket.getInputStream().readNBytes(4);
        Thread writer = new Thread(this::write, "flood-writer");
        Thread reader = new Thread(this::read, "flood-reader");
        writer.setDaemon(true);
        reader.setDaemon(true);
        writer.start();
        reader.start();
    }

    private void write() {
        try {
            OutputStream out = socket.getOutputStream();
            while (writing) {
                long number = written.get() + 1;
                out.write(publication(number));
                written.set(number);
            }
        } catch (IOException gone) {
            failed.set(open);
        }
    }

    private byte[] publication(long number) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(body);
        data.writeUTF("flood/" + name);
        data.writeShort((int) (number % 60_000) + 1);
        String prefix = name + ":" + number + " ";
        data.write((prefix + filling.substring(prefix.length())).getBytes(UTF_8));
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.write(0x32);
        packet.write((body.size() & 0x7F) | 0x80);
        packet.write((body.size() >> 7 & 0x7F) | 0x80);
        packet.write(body.size() >> 14);
        body.writeTo(packet);
        return packet.toByteArray();
    }

    private void read() {
        try {
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[4096];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                acknowledgedBytes.addAndGet(count);
            }
            failed.set(open);
        } catch (IOException gone) {
            failed.set(open);
        }
    }

    String name() {
        return name;
    }

    /** What the socket took so far. */
    long written() {
        return written.get();
    }

    long acknowledged() {
        return acknowledgedBytes.get() / PUBACK_BYTES;
    }

    /** Writes no more; what was written is still to be acknowledged. */
    void stopWriting() {
        writing = false;
    }

    @Override
    public void close() throws IOException {
        open = false;
        writing = false;
        socket.close();
    }
}
