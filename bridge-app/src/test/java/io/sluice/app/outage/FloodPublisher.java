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

/** An MQTT 3.1.1 client that writes QoS 1 messages as fast as its socket takes them, whatever is acknowledged. */
final class FloodPublisher implements AutoCloseable {

    private static final int PAYLOAD_BYTES = 1_000;

    final AtomicLong written = new AtomicLong();
    final AtomicLong acknowledgedBytes = new AtomicLong();
    final AtomicBoolean failed = new AtomicBoolean();
    private final Socket socket;
    private volatile boolean running = true;

    FloodPublisher(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        byte[] connect = {0x10, 17, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 4, 0, 5, 'f', 'l', 'o', 'o', 'd'};
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
            for (int id = 1; running; id = id % 60_000 + 1) {
                out.write(publication(id));
                written.incrementAndGet();
            }
        } catch (IOException gone) {
            failed.set(running);
        }
    }

    private static byte[] publication(int id) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(body);
        data.writeUTF("outage/flood");
        data.writeShort(id);
        data.write("x".repeat(PAYLOAD_BYTES).getBytes(UTF_8));
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.write(0x32);
        packet.write((body.size() & 0x7F) | 0x80);
        packet.write(body.size() >> 7);
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
            failed.set(running);
        } catch (IOException gone) {
            failed.set(running);
        }
    }

    @Override
    public void close() throws IOException {
        running = false;
        socket.close();
    }
}
