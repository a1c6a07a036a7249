package io.sluice.app.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A WebSocket with the subprotocol mqtt, whose binary frames are one stream of bytes. */
final class WebSocketTransport implements ProbeTransport {

    private final Received in;
    private final WebSocket socket;
    private final Duration timeout;

    private WebSocketTransport(WebSocket socket, Received in, Duration timeout) {
        this.socket = socket;
        this.in = in;
        this.timeout = timeout;
    }

    static WebSocketTransport connect(URI listener, Duration timeout) throws IOException {
        Received received = new Received(timeout);
        WebSocket socket = await(
                HttpClient.newBuilder()
                        .connectTimeout(timeout)
                        .build()
                        .newWebSocketBuilder()
                        .subprotocols("mqtt")
                        .connectTimeout(timeout)
                        .buildAsync(listener, received),
                timeout);
        return new WebSocketTransport(socket, received, timeout);
    }

    @Override
    public InputStream in() {
        return in;
    }

    @Override
    public void send(byte[] packet) throws IOException {
        await(socket.sendBinary(ByteBuffer.wrap(packet), true), timeout);
    }

    @Override
    public void close() {
        socket.abort();
    }

    private static <T> T await(CompletableFuture<T> future, Duration timeout) throws IOException {
        try {
            return future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failure) {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            throw new IOException(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
        } catch (TimeoutException late) {
            throw new IOException("no answer for " + timeout.toSeconds() + " s", late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    /** Frames as they come, read as a stream. The listener's methods are called by the client's threads. */
    private static final class Received extends InputStream implements WebSocket.Listener {

        private final Duration timeout;
        private final BlockingQueue<byte[]> frames = new LinkedBlockingQueue<>();
        // Of the reader.
        private byte[] frame = {};
        private int next;
        private boolean isAtEnd;

        Received(Duration timeout) {
            this.timeout = timeout;
        }

        @Override
        public int read() throws IOException {
            while (next == frame.length) {
                if (isAtEnd) {
                    return -1;
                }
                nextFrame();
            }
            return frame[next++] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            int first = read();
            if (first < 0) {
                return -1;
            }
            into[offset] = (byte) first;
            int more = Math.min(length - 1, frame.length - next);
            System.arraycopy(frame, next, into, offset + 1, more);
            next += more;
            return 1 + more;
        }

        private void nextFrame() throws IOException {
            byte @Nullable [] received;
            try {
                received = frames.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", interrupted);
            }
            if (received == null) {
                throw new IOException("no answer for " + timeout.toSeconds() + " s");
            }
            // A frame of nothing is the end; an empty one of the server's is left out.
            isAtEnd = received.length == 0;
            frame = received;
            next = 0;
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean isLast) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            if (bytes.length > 0) {
                frames.add(bytes);
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int statusCode, String reason) {
            frames.add(new byte[0]);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable failure) {
            frames.add(new byte[0]);
        }
    }
}
