package io.sluice.mqtt.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import io.sluice.mqtt.codec.MalformedPacket;
import io.sluice.mqtt.codec.Packet;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.netty.resources.LoopResources;
import reactor.test.StepVerifier;

final class ListenerTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final byte[] CONNECT = {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 10, 0, 1, 'c'};

    private final LoopResources loops = LoopResources.create("loop", 1, true);
    private final RecordingConnections connections = new RecordingConnections();
    private final Listener listener = new Listener(
            ListenerSettings.of("tcp", ListenerSettings.Type.TCP, "127.0.0.1", 0, 1_000, 64), loops, connections);
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

    @Test
    void aConnectionGetsPacketsAndSendsThem() throws Exception {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(CONNECT);
            assertThat(connections.next()).isInstanceOf(Packet.Connect.class);

            socket.getOutputStream().write(new byte[] {(byte) 0xC0, 0});
            assertThat(connections.next()).isEqualTo(new Packet.PingReq());
            assertThat(socket.getInputStream().readNBytes(6)).containsExactly(0xD0, 0, 0x30, 2, 0, 0);
        }
        assertThat(connections.next()).isEqualTo("closed");
    }

    @Test
    void aMalformedPacketIsGivenOutOnce() throws Exception {
        try (Socket socket = connect()) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

            assertThat(connections.next()).isInstanceOf(MalformedPacket.class);
        }
        assertThat(connections.next()).isEqualTo("closed");
    }

    @Test
    void theSocketIsSetUpForDevices() throws Exception {
        try (Socket socket = connect()) {
            assertThat(socket.isConnected()).isTrue();
            var config = connections.channel().config();
            assertThat(config.getOption(ChannelOption.TCP_NODELAY)).isTrue();
            assertThat(config.getOption(ChannelOption.SO_KEEPALIVE)).isTrue();
            // One transport knows the one name, another the other.
            assertThat(Stream.of(
                                    config.getOption(EpollChannelOption.TCP_KEEPIDLE),
                                    config.getOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE)))
                            .filter(Objects::nonNull))
                    .containsExactly(60);
            assertThat(config.getWriteBufferHighWaterMark()).isEqualTo(65_536);
            // It is the one whose memory is measured.
            assertThat(config.getAllocator()).isSameAs(ByteBufAllocator.DEFAULT);
        }
    }

    @Test
    void aClosedListenerAcceptsNothingAndKeepsItsConnections() throws Exception {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(CONNECT);
            connections.next();

            listener.close().block(TIMEOUT);

            assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
            socket.getOutputStream().write(new byte[] {(byte) 0xC0, 0});
            assertThat(socket.getInputStream().readNBytes(2)).containsExactly(0xD0, 0);
        }
    }

    @Test
    void aTakenPortIsAnError() {
        ListenerSettings taken = ListenerSettings.of("second", ListenerSettings.Type.TCP, "127.0.0.1", port, 1_000, 64);

        StepVerifier.create(new Listener(taken, loops, connections).start())
                .expectError()
                .verify(TIMEOUT);
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }
}
