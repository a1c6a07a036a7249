package io.sluice.mqtt.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.sluice.mqtt.codec.PacketDecoder;
import io.sluice.mqtt.codec.PacketEncoder;

/** Builds the handlers of one accepted channel, in the order in which bytes pass them. Immutable. */
final class Pipeline {

    /** A handshake has no body, and a page that opens a WebSocket sends its cookies: small, but not tiny. */
    private static final int HTTP_BODY_BYTES_MAX = 1_024;

    private static final int HTTP_LINE_BYTES_MAX = 4_096;
    private static final int HTTP_HEADER_BYTES_MAX = 16_384;

    private final ListenerSettings settings;
    private final ConnectionInitializer connections;

    Pipeline(ListenerSettings settings, ConnectionInitializer connections) {
        this.settings = settings;
        this.connections = connections;
    }

    /** Builds the pipeline. On the channel's loop. */
    void build(Channel channel) {
        TcpKeepAlive.configure(channel);
        // The place of initTls, for types with TLS, and of initProxyProtocol, whose handler goes before that of TLS.
        initWebSocket(channel);
        initMqtt(channel);
        connections.init(channel, settings);
    }

    private void initWebSocket(Channel channel) {
        if (settings.type() != ListenerSettings.Type.WS) {
            return;
        }
        add(channel, "httpCodec", new HttpServerCodec(HTTP_LINE_BYTES_MAX, HTTP_HEADER_BYTES_MAX, HTTP_BODY_BYTES_MAX));
        add(channel, "httpAggregator", new HttpObjectAggregator(HTTP_BODY_BYTES_MAX, true));
        add(channel, WebSocketUpgrade.NAME, new WebSocketUpgrade(settings));
        add(channel, "webSocketFrames", new WebSocketFrames());
    }

    private void initMqtt(Channel channel) {
        add(channel, PacketDecoder.NAME, new PacketDecoder(settings.maxPacketSize(), settings.maxClientIdLength()));
        add(channel, PacketEncoder.NAME, new PacketEncoder());
    }

    private static void add(Channel channel, String name, ChannelHandler handler) {
        ConnectionInitializer.addLast(channel, name, handler);
    }
}
