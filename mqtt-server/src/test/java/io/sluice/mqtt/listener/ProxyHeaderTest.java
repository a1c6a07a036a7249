package io.sluice.mqtt.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import io.sluice.mqtt.connection.PeerAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The PROXY header, byte by byte where it matters. */
final class ProxyHeaderTest {

    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    private final List<Throwable> failures = new ArrayList<>();

    private EmbeddedChannel channel(ProxySettings.Version version) {
        EmbeddedChannel channel = new EmbeddedChannel() {
            @Override
            protected SocketAddress remoteAddress0() {
                return new InetSocketAddress("10.0.0.1", 40_000);
            }
        };
        ProxyHeader.add(channel, version);
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                failures.add(cause);
            }
        });
        return channel;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void versionOneSaysWhomItStandsFor() {
        EmbeddedChannel channel = channel(ProxySettings.Version.V1);

        channel.writeInbound(Unpooled.copiedBuffer(text("PROXY TCP4 192.0.2.7 203.0.113.1 56324 1883\r\nrest")));

        assertThat(PeerAddress.of(channel)).isEqualTo(new InetSocketAddress("192.0.2.7", 56_324));
        assertThat(channel.<io.netty.buffer.ByteBuf>readInbound().toString(StandardCharsets.US_ASCII))
                .isEqualTo("rest");
        assertThat(channel.pipeline().get(ProxyHeader.NAME)).isNull();
        assertThat(failures).isEmpty();
    }

    @Test
    void theHeaderMayComeByteByByte() {
        EmbeddedChannel channel = channel(ProxySettings.Version.V1);

        for (byte one : text("PROXY TCP6 2001:db8::7 2001:db8::1 56324 1883\r\nr")) {
            channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {one}));
        }

        assertThat(PeerAddress.of(channel)).isEqualTo(new InetSocketAddress("2001:db8::7", 56_324));
        assertThat(channel.inboundMessages()).hasSize(1);
    }

    @Test
    void versionTwoSaysWhomItStandsFor() {
        EmbeddedChannel channel = channel(ProxySettings.Version.V2);

        channel.writeInbound(Unpooled.wrappedBuffer(
                HexFormat.of().parseHex(SIGNATURE + "2111000c" + "c0000207" + "cb007101" + "dc04" + "075b" + "ff")));

        assertThat(PeerAddress.of(channel)).isEqualTo(new InetSocketAddress("192.0.2.7", 0xdc04));
        assertThat(channel.<io.netty.buffer.ByteBuf>readInbound().readableBytes())
                .isEqualTo(1);
    }

    @Test
    void whatTheProxySaysForItselfIsItsOwn() {
        EmbeddedChannel channel = channel(ProxySettings.Version.V2);

        channel.writeInbound(Unpooled.wrappedBuffer(HexFormat.of().parseHex(SIGNATURE + "20000000")));

        assertThat(PeerAddress.of(channel)).isEqualTo(new InetSocketAddress("10.0.0.1", 40_000));
        assertThat(channel.pipeline().get(ProxyHeader.NAME)).isNull();
    }

    @Test
    void anotherVersionIsRefused() {
        EmbeddedChannel channel = channel(ProxySettings.Version.V2);

        channel.writeInbound(Unpooled.copiedBuffer(text("PROXY TCP4 192.0.2.7 203.0.113.1 56324 1883\r\n")));

        assertThat(failures).hasSize(1);
        assertThat(failures.get(0))
                .isInstanceOf(HAProxyProtocolException.class)
                .hasMessageContaining("expected: version V2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0010\r\u0000\u0004MQTT\u0004\u0002\u0000\n\u0000\u0001c",
                "PROXY TCP4 999.0.2.7 203.0.113.1 56324 1883\r\n",
                "PROXY TCP4 192.0.2.7 203.0.113.1 1\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
            })
    void whatIsNoHeaderIsRefused(String bytes) {
        EmbeddedChannel channel = channel(ProxySettings.Version.V1);

        channel.writeInbound(Unpooled.copiedBuffer(text(bytes)));

        assertThat(failures).isNotEmpty();
        assertThat(channel.inboundMessages()).isEmpty();
    }

    @Test
    void anEndlessHeaderIsRefused() {
        EmbeddedChannel one = channel(ProxySettings.Version.V1);
        one.writeInbound(Unpooled.copiedBuffer(text("PROXY TCP4 " + "1".repeat(200))));
        assertThat(failures).isNotEmpty();

        failures.clear();
        EmbeddedChannel two = channel(ProxySettings.Version.V2);
        two.writeInbound(Unpooled.wrappedBuffer(HexFormat.of().parseHex(SIGNATURE + "2111ffff" + "00".repeat(600))));
        assertThat(failures).isNotEmpty();
    }

    @Test
    void networksAreTrustedNotNames() {
        AllowedPeers peers = new AllowedPeers(List.of("10.0.0.0/8", "192.0.2.7", "fd00::/8"));

        assertThat(peers.contains(new InetSocketAddress("10.255.0.1", 1))).isTrue();
        assertThat(peers.contains(new InetSocketAddress("11.0.0.1", 1))).isFalse();
        assertThat(peers.contains(new InetSocketAddress("192.0.2.7", 1))).isTrue();
        assertThat(peers.contains(new InetSocketAddress("192.0.2.8", 1))).isFalse();
        assertThat(peers.contains(new InetSocketAddress("fd12::1", 1))).isTrue();
        for (String wrong : List.of("localhost", "10.0.0.0/33", "10.0.0/8", "", "10.0.0.0/-1", "fd00::/129")) {
            assertThatThrownBy(() -> new AllowedPeers(List.of(wrong)))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected: a network");
        }
    }
}
