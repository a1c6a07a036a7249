package io.sluice.app.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;

/** A TCP connection. */
final class SocketTransport implements ProbeTransport {

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    private SocketTransport(Socket socket) throws IOException {
        this.socket = socket;
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    static SocketTransport connect(URI listener, Duration timeout) throws IOException {
        int timeoutMillis = Math.toIntExact(timeout.toMillis());
        Socket socket = new Socket();
        try {
            socket.setSoTimeout(timeoutMillis);
            socket.connect(new InetSocketAddress(listener.getHost(), listener.getPort()), timeoutMillis);
            return new SocketTransport(socket);
        } catch (IOException failure) {
            socket.close();
            throw failure;
        }
    }

    @Override
    public InputStream in() {
        return in;
    }

    @Override
    public void send(byte[] packet) throws IOException {
        out.write(packet);
        out.flush();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException gone) {
            // Closed is what it is to be.
        }
    }
}
