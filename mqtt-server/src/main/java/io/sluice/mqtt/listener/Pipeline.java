package io.sluice.mqtt.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.sluice.mqtt.codec.PacketDecoder;
import io.sluice.mqtt.codec.PacketEncoder;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Builds the handlers of one accepted channel, in the order in which bytes pass them. Immutable. */
final class Pipeline {

    /** A handshake has no body, and a page that opens a WebSocket sends its cookies: small, but not tiny. */
    private static final int HTTP_BODY_BYTES_MAX = 1_024;

    private static final int HTTP_LINE_BYTES_MAX = 4_096;
    private static final int HTTP_HEADER_BYTES_MAX = 16_384;

    /** For the headers of the frames that hold a CONNECT, and a ping or two. */
    private static final int FRAME_HEADER_BYTES_MAX = 1_024;

    private final ListenerSettings settings;
    private final @Nullable TlsListener tls;
    private final AllowedPeers proxies;
    private final ConnectionInitializer connections;

    Pipeline(ListenerSettings settings, @Nullable TlsListener tls, ConnectionInitializer connections) {
        this.settings = settings;
        this.tls = tls;
        this.proxies = new AllowedPeers(settings.proxy().peers());
        this.connections = connections;
    }

    /** Builds the pipeline. On the channel's loop. */
    void build(Channel channel) {
        TcpKeepAlive.configure(channel);
        initProxyProtocol(channel);
        initTls(channel);
        PacketDecoder decoder = new PacketDecoder(settings.packets());
        initWebSocket(channel, decoder);
        initMqtt(channel, decoder);
        connections.init(channel, settings);
    }

    private void initProxyProtocol(Channel channel) {
        if (settings.proxy().version() == ProxySettings.Version.OFF) {
            return;
        }
        if (!proxies.contains((InetSocketAddress) channel.remoteAddress())) {
            ProxyHeader.refuse(channel);
        } else {
            ProxyHeader.add(channel, settings.proxy().version());
        }
    }

    private void initTls(Channel channel) {
        if (tls != null) {
            add(channel, "tls", tls.handler(channel));
            add(channel, HandshakeGate.NAME, new HandshakeGate(tls));
        }
    }

    private void initWebSocket(Channel channel, PacketDecoder decoder) {
        if (!settings.type().isWebSocket()) {
            return;
        }
        int bytesMax = HTTP_LINE_BYTES_MAX
                + HTTP_HEADER_BYTES_MAX
                + HTTP_BODY_BYTES_MAX
                + settings.packets().unauthenticatedBytesMax()
                + FRAME_HEADER_BYTES_MAX;
        add(channel, UnauthenticatedBytes.NAME, new UnauthenticatedBytes(bytesMax, decoder));
        add(channel, "httpCodec", new HttpServerCodec(HTTP_LINE_BYTES_MAX, HTTP_HEADER_BYTES_MAX, HTTP_BODY_BYTES_MAX));
        add(channel, "httpAggregator", new HttpObjectAggregator(HTTP_BODY_BYTES_MAX, true));
        add(channel, WebSocketUpgrade.NAME, new WebSocketUpgrade(settings));
        add(channel, "webSocketFrames", new WebSocketFrames());
    }

    private static void initMqtt(Channel channel, PacketDecoder decoder) {
        add(channel, PacketDecoder.NAME, decoder);
        add(channel, PacketEncoder.NAME, new PacketEncoder());
    }

    private static void add(Channel channel, String name, ChannelHandler handler) {
        ConnectionInitializer.addLast(channel, name, handler);
    }
}
