package io.sluice.mqtt.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.mqtt.codec.Packet;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.resources.LoopResources;

final class WebSocketListenerTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final byte[] CONNECT = {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 10, 0, 1, 'c'};
    private static final byte[] PING = {(byte) 0xC0, 0};
    private static final byte[] UNSUBSCRIBE = {(byte) 0xA2, 5, 0, 1, 0, 1, 'a'};

    private final LoopResources loops = LoopResources.create("loop", 1, true);
    private final RecordingConnections connections = new RecordingConnections();
    private final Listener listener = new Listener(
            ListenerSettings.of("ws", ListenerSettings.Type.WS, "127.0.0.1", 0, 1_000, 64), loops, connections);
    private final HttpClient http = HttpClient.newHttpClient();
    private final Frames frames = new Frames();
    private int port;

    @BeforeEach
    void start() {
        InetSocketAddress address = listener.start().block(TIMEOUT);
        assertThat(address).isNotNull();
        port = address.getPort();
    }

    @AfterEach
    void stop() {
        listener.close().block(TIMEOUT);
        loops.disposeLater(Duration.ZERO, TIMEOUT).block(TIMEOUT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mqtt", "mqttv3.1", "mqttv3.1.1"})
    void theOfferedSubprotocolIsEchoed(String subprotocol) {
        WebSocket socket = open("/mqtt", subprotocol);

        assertThat(socket.getSubprotocol()).isEqualTo(subprotocol);
        socket.abort();
    }

    @Test
    void theFirstKnownSubprotocolIsChosen() {
        WebSocket socket = open("/mqtt", "soap", "mqttv3.1", "mqtt");

        assertThat(socket.getSubprotocol()).isEqualTo("mqttv3.1");
        socket.abort();
    }

    @Test
    void noSubprotocolIsAccepted() throws Exception {
        WebSocket socket = open("/mqtt?key=1");

        send(socket, CONNECT, true);
        assertThat(socket.getSubprotocol()).isEmpty();
        assertThat(connections.next()).isInstanceOf(Packet.Connect.class);
        socket.abort();
    }

    @Test
    void unknownSubprotocolsAreRefused() {
        assertThatThrownBy(() -> open("/mqtt", "soap", "xmpp"))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        e -> assertThat(e.getResponse().statusCode()).isEqualTo(400));
    }

    @Test
    void anotherPathIsNotFound() {
        assertThatThrownBy(() -> open("/other", "mqtt"))
                .cause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        e -> assertThat(e.getResponse().statusCode()).isEqualTo(404));
    }

    @Test
    void plainHttpIsToldWhatIsHere() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/mqtt"))
                .build();

        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(426);
        assertThat(response.headers().firstValue("upgrade")).contains("websocket");
        assertThat(response.body()).contains("/mqtt");
        assertThat(connections.next()).isEqualTo("closed");
    }

    @Test
    void whatIsNotHttpIsRefused() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write("\u0010\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();

            assertThat(new String(in.readAllBytes(), StandardCharsets.US_ASCII)).startsWith("HTTP/1.1 400");
        }
    }

    @Test
    void severalPacketsMayShareAFrame() throws Exception {
        WebSocket socket = open("/mqtt", "mqtt");

        byte[] merged = Arrays.copyOf(CONNECT, CONNECT.length + 3);
        System.arraycopy(PING, 0, merged, CONNECT.length, 2);
        merged[merged.length - 1] = PING[0];
        send(socket, merged, true);
        send(socket, new byte[] {PING[1]}, true);

        assertThat(connections.next()).isInstanceOf(Packet.Connect.class);
        assertThat(connections.next()).isEqualTo(new Packet.PingReq());
        assertThat(connections.next()).isEqualTo(new Packet.PingReq());
        socket.abort();
    }

    @Test
    void aPacketMayBeSplitIntoContinuations() throws Exception {
        WebSocket socket = open("/mqtt", "mqtt");

        for (int i = 0; i < CONNECT.length; i++) {
            send(socket, new byte[] {CONNECT[i]}, i == CONNECT.length - 1);
        }

        assertThat(connections.next()).isInstanceOf(Packet.Connect.class);
        socket.abort();
    }

    @Test
    void eachBufferIsOneWholeFrame() throws Exception {
        WebSocket socket = open("/mqtt", "mqtt");
        send(socket, CONNECT, true);
        send(socket, PING, true);

        assertThat(frames.next()).isEqualTo("last d000");
        assertThat(frames.next()).isEqualTo("last 30020000");
        socket.abort();
    }

    @Test
    void aTextFrameEndsTheConnection() throws Exception {
        WebSocket socket = open("/mqtt", "mqtt");

        socket.sendText("{}", true).get(30, TimeUnit.SECONDS);

        assertThat(frames.next()).isEqualTo("close 1003");
        assertThat(connections.next()).isEqualTo("closed");
    }

    @Test
    void pingIsAnswered() throws Exception {
        WebSocket socket = open("/mqtt", "mqtt");

        socket.sendPing(ByteBuffer.wrap(new byte[] {7})).get(30, TimeUnit.SECONDS);

        assertThat(frames.next()).isEqualTo("pong 07");
        socket.abort();
    }

    @Test
    void closeIsAnsweredWithItsStatus() throws Exception {
        WebSocket socket = open("/mqtt", "mqtt");

        socket.sendClose(4_000, "bye").get(30, TimeUnit.SECONDS);

        assertThat(frames.next()).isEqualTo("close 4000");
        assertThat(connections.next()).isEqualTo("closed");
    }

    @Test
    void theServersCloseIsSaid() throws Exception {
        WebSocket socket = open("/mqtt", "mqtt");
        send(socket, CONNECT, true);

        send(socket, UNSUBSCRIBE, true);

        assertThat(frames.next()).isEqualTo("close 1000");
    }

    @Test
    void aFrameBeyondTheBoundEndsTheConnection() throws Exception {
        WebSocket socket = open("/mqtt", "mqtt");

        socket.sendBinary(ByteBuffer.allocate(300_000), true);

        assertThat(connections.next()).isEqualTo("closed");
    }

    private WebSocket open(String path, String... subprotocols) {
        WebSocket.Builder builder = http.newWebSocketBuilder();
        if (subprotocols.length > 0) {
            builder.subprotocols(subprotocols[0], Arrays.copyOfRange(subprotocols, 1, subprotocols.length));
        }
        return builder.buildAsync(URI.create("ws://127.0.0.1:" + port + path), frames)
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }

    private static void send(WebSocket socket, byte[] bytes, boolean last) throws Exception {
        socket.sendBinary(ByteBuffer.wrap(bytes), last).get(30, TimeUnit.SECONDS);
    }

    /** Keeps what the server sends, as text. */
    private static final class Frames implements WebSocket.Listener {

        private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

        String next() throws InterruptedException {
            String frame = received.poll(30, TimeUnit.SECONDS);
            if (frame == null) {
                throw new AssertionError("no frame came");
            }
            return frame;
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            received.add((last ? "last " : "part ") + hex(data));
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer data) {
            received.add("pong " + hex(data));
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            received.add("close " + status);
            return null;
        }

        private static String hex(ByteBuffer data) {
            StringBuilder hex = new StringBuilder();
            while (data.hasRemaining()) {
                hex.append(String.format("%02x", data.get()));
            }
            return hex.toString();
        }
    }
}
