package io.sluice.mqtt.spec;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;

/** Plain TCP. For one thread. */
final class TcpLine implements Line {

    static final int TIMEOUT_MILLIS = 30_000;

    private final Socket socket;
    private final InputStream in;
    private final int chunk;

    /** @param chunk so many bytes are written at once at most */
    TcpLine(int port, int chunk) throws IOException {
        this.chunk = chunk;
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        try {
            for (int from = 0; from < bytes.length; from += Math.min(chunk, bytes.length - from)) {
                socket.getOutputStream()
                        .write(Arrays.copyOfRange(bytes, from, from + Math.min(chunk, bytes.length - from)));
            }
        } catch (SocketException closed) {
            if (chunk == Integer.MAX_VALUE) {
                throw closed;
            }
            // The server has seen enough of it; what it answers is still to be read.
        }
    }

    @Override
    public int read() throws IOException {
        try {
            return in.read();
        } catch (SocketException reset) {
            return -1;
        }
    }

    @Override
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void timeout(int millis) throws IOException {
        socket.setSoTimeout(millis);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
