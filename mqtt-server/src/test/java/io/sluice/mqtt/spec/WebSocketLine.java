package io.sluice.mqtt.spec;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;

/** WebSocket, by hand: frames as RFC 6455 has them, as short as the test wants them. For one thread. */
final class WebSocketLine implements Line {

    static final int TEXT = 0x1;
    static final int BINARY = 0x2;
    static final int CLOSE = 0x8;
    private static final int LAST = 0x80;
    private static final int MASKED = 0x80;

    private final TcpLine tcp;
    private final int chunk;
    private final String response;
    private ByteArrayInputStream payload = new ByteArrayInputStream(new byte[0]);
    private int closeStatus;

    /** @param chunk so many bytes are put into a frame at most */
    WebSocketLine(int port, int chunk) throws IOException {
        this(port, chunk, "mqtt");
    }

    /** @param subprotocol what the client offers, or empty for nothing */
    WebSocketLine(int port, int chunk, String subprotocol) throws IOException {
        this.chunk = chunk;
        tcp = new TcpLine(port, Integer.MAX_VALUE);
        tcp.write(("GET /mqtt HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                        + (subprotocol.isEmpty() ? "" : "Sec-WebSocket-Protocol: " + subprotocol + "\r\n")
                        + "\r\n")
                .getBytes(US_ASCII));
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(US_ASCII).endsWith("\r\n\r\n")) {
            int next = tcp.read();
            if (next < 0) {
                break;
            }
            head.write(next);
        }
        response = head.toString(US_ASCII);
    }

    /** The server's answer to the upgrade, as it came. */
    String response() {
        return response;
    }

    /** The status of the server's close frame, 0 when there was none. */
    int closeStatus() {
        return closeStatus;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (int from = 0; from < bytes.length; from += Math.min(chunk, bytes.length - from)) {
            frames.writeBytes(
                    frame(LAST | BINARY, Arrays.copyOfRange(bytes, from, from + Math.min(chunk, bytes.length - from))));
        }
        tcp.write(frames.toByteArray());
    }

    /** Sends a whole frame of this kind. */
    void writeFrame(int opcode, byte[] data) throws IOException {
        tcp.write(frame(LAST | opcode, data));
    }

    /** Sends the bytes as one message of as many frames. */
    void writeFragments(byte[] bytes) throws IOException {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (int i = 0; i < bytes.length; i++) {
            int opcode = (i == 0 ? BINARY : 0) | (i == bytes.length - 1 ? LAST : 0);
            frames.writeBytes(frame(opcode, new byte[] {bytes[i]}));
        }
        tcp.write(frames.toByteArray());
    }

    /** A client's frames are masked; a mask of zeros leaves the bytes as they are. */
    private static byte[] frame(int firstByte, byte[] data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(firstByte);
        if (data.length < 126) {
            out.write(MASKED | data.length);
        } else if (data.length < 65_536) {
            out.write(MASKED | 126);
            out.writeBytes(Wire.u16(data.length));
        } else {
            out.write(MASKED | 127);
            out.writeBytes(Wire.u32(0));
            out.writeBytes(Wire.u32(data.length));
        }
        out.writeBytes(new byte[4]);
        out.writeBytes(data);
        return out.toByteArray();
    }

    @Override
    public int read() throws IOException {
        int next = payload.read();
        while (next < 0) {
            int firstByte = tcp.read();
            if (firstByte < 0 || !readFrame(firstByte & 0x0F)) {
                return -1;
            }
            next = payload.read();
        }
        return next;
    }

    private boolean readFrame(int opcode) throws IOException {
        int length = tcp.read();
        if (length == 126) {
            length = (tcp.read() << 8) | tcp.read();
        } else if (length == 127) {
            length = 0;
            for (int i = 0; i < 8; i++) {
                length = (length << 8) | tcp.read();
            }
        }
        byte[] data = new byte[Math.max(0, length)];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) tcp.read();
        }
        if (opcode == CLOSE) {
            closeStatus = data.length < 2 ? 0 : ((data[0] & 0xFF) << 8) | (data[1] & 0xFF);
            return false;
        }
        payload = new ByteArrayInputStream(data);
        return true;
    }

    @Override
    public void reset() throws IOException {
        tcp.reset();
    }

    @Override
    public void timeout(int millis) throws IOException {
        tcp.timeout(millis);
    }

    @Override
    public void close() throws IOException {
        tcp.close();
    }
}
