package io.sluice.mqtt.listener;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the one HTTP request of a connection: makes it a WebSocket (RFC 6455) for MQTT (MQTT 5, section 6.0), or
 * refuses and closes. Confined to its loop; leaves the pipeline when the WebSocket is open.
 */
final class WebSocketUpgrade extends SimpleChannelInboundHandler<FullHttpRequest> {

    static final String NAME = "webSocketUpgrade";

    private static final Logger log = LoggerFactory.getLogger(WebSocketUpgrade.class);

    /** What clients offer: the specification's, and those of the libraries that came before it. */
    private static final Set<String> SUBPROTOCOLS = Set.of("mqtt", "mqttv3.1", "mqttv3.1.1");

    /** Clients put several packets into a frame, of 200 KB and more, so that a frame may be larger than a packet. */
    private static final int FRAME_BYTES_MIN = 256 * 1_024;

    private final ListenerSettings settings;

    WebSocketUpgrade(ListenerSettings settings) {
        this.settings = settings;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        HttpResponseStatus refusal = refusal(request);
        if (refusal != null) {
            refuse(ctx, refusal);
            return;
        }
        List<String> offered = request.headers().getAllAsString(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL);
        String subprotocol = null;
        if (offered.isEmpty()) {
            // Against [MQTT-6.0.0-3], but such clients exist, and have no other meaning.
            log.atDebug()
                    .addKeyValue("listener", settings.name())
                    .addKeyValue("connection", ctx.channel().remoteAddress())
                    .log("WebSocket without subprotocol accepted (expected: mqtt)");
        } else {
            subprotocol = known(offered);
            if (subprotocol == null) {
                refuse(ctx, HttpResponseStatus.BAD_REQUEST);
                return;
            }
        }
        open(ctx, request, subprotocol);
    }

    private void open(ChannelHandlerContext ctx, FullHttpRequest request, @Nullable String subprotocol) {
        WebSocketDecoderConfig config = WebSocketDecoderConfig.newBuilder()
                .maxFramePayloadLength(Math.max(settings.packets().packetBytesMax(), FRAME_BYTES_MIN))
                .allowExtensions(false)
                .withUTF8Validator(false)
                .build();
        try {
            new WebSocketServerHandshaker13(settings.path(), subprotocol, config).handshake(ctx.channel(), request);
        } catch (WebSocketHandshakeException e) {
            log.atDebug()
                    .addKeyValue("listener", settings.name())
                    .addKeyValue("cause", e.getMessage())
                    .log("WebSocket handshake refused");
            refuse(ctx, HttpResponseStatus.BAD_REQUEST);
            return;
        }
        ctx.pipeline().remove(this);
    }

    private @Nullable HttpResponseStatus refusal(FullHttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return HttpResponseStatus.BAD_REQUEST;
        }
        if (!new QueryStringDecoder(request.uri()).path().equals(settings.path())) {
            return HttpResponseStatus.NOT_FOUND;
        }
        boolean upgrade = HttpMethod.GET.equals(request.method())
                && request.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
                && request.headers().contains(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
        boolean version = "13".equals(request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_VERSION));
        if (!upgrade || !version) {
            return HttpResponseStatus.UPGRADE_REQUIRED;
        }
        return isAllowed(request.headers().get(HttpHeaderNames.ORIGIN)) ? null : HttpResponseStatus.FORBIDDEN;
    }

    /** Whether the page may: a browser sends what identifies its user along for any page (RFC 6455, section 10.2). */
    private boolean isAllowed(@Nullable String origin) {
        return origin == null
                || settings.allowedOrigins().contains("*")
                || settings.allowedOrigins().stream().anyMatch(origin::equalsIgnoreCase);
    }

    /** The first subprotocol offered that is one of ours: the client's preference. */
    private static @Nullable String known(List<String> offered) {
        for (String header : offered) {
            for (String subprotocol : header.split(",")) {
                if (SUBPROTOCOLS.contains(subprotocol.trim())) {
                    return subprotocol.trim();
                }
            }
        }
        return null;
    }

    private void refuse(ChannelHandlerContext ctx, HttpResponseStatus status) {
        String text = "MQTT over WebSocket is at " + settings.path() + ", subprotocol mqtt.\n";
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/plain")
                .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        if (status.equals(HttpResponseStatus.UPGRADE_REQUIRED)) {
            response.headers()
                    .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
                    .set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "13");
        }
        ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }
}
