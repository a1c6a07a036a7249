package io.sluice.mqtt.listener;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a stream of bytes of a WebSocket's frames, and frames of buffers. Confined to its loop.
 *
 * <p>In: packets may be split over frames and frames may hold several [MQTT-6.0.0-2], so the borders are forgotten. Out:
 * each buffer is one whole frame, since some clients know no continuation.
 */
final class WebSocketFrames extends ChannelDuplexHandler {

    private static final Logger log = LoggerFactory.getLogger(WebSocketFrames.class);

    private boolean open;
    private boolean closing;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof WebSocketFrame frame)) {
            ctx.fireChannelRead(message);
            return;
        }
        open = true;
        if (closing) {
            frame.release();
        } else if (frame instanceof BinaryWebSocketFrame || frame instanceof ContinuationWebSocketFrame) {
            ctx.fireChannelRead(frame.content());
        } else if (frame instanceof PingWebSocketFrame) {
            ctx.writeAndFlush(new PongWebSocketFrame(frame.content()));
        } else if (frame instanceof PongWebSocketFrame) {
            frame.release();
        } else if (frame instanceof CloseWebSocketFrame close) {
            onClose(ctx, close);
        } else {
            // A text frame [MQTT-6.0.0-1].
            frame.release();
            closing = true;
            ctx.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.INVALID_MESSAGE_TYPE))
                    .addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf bytes) {
            if (closing) {
                ReferenceCountUtil.release(bytes);
                promise.tryFailure(new IllegalStateException("WebSocket is closing"));
                return;
            }
            ctx.write(new BinaryWebSocketFrame(bytes), promise);
        } else {
            ctx.write(message, promise);
        }
    }

    /** Says goodbye, and does not wait for the answer: a peer that does not read must not keep the channel. */
    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (open && !closing) {
            closing = true;
            ctx.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE));
        }
        ctx.close(promise);
    }

    /** Frames that are none or too large: Netty's decoder has told the client already (1002, 1009). */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof CorruptedFrameException)) {
            ctx.fireExceptionCaught(cause);
            return;
        }
        log.atDebug()
                .addKeyValue("connection", ctx.channel().remoteAddress())
                .addKeyValue("cause", cause.getMessage())
                .log("WebSocket frame refused");
        closing = true;
        ctx.close();
    }

    private void onClose(ChannelHandlerContext ctx, CloseWebSocketFrame close) {
        closing = true;
        // The answer repeats the status (RFC 6455, section 5.5.1).
        ctx.writeAndFlush(close).addListener(ChannelFutureListener.CLOSE);
    }
}
