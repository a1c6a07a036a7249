package io.sluice.mqtt.connection;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.sluice.mqtt.port.Loop;
import java.time.Duration;

/**
 * The end of a connection from our side. A socket that is closed while input is unread is reset, and a reset takes from
 * the peer what it has not read yet: the very packet that says why. So we say that no more comes, throw away what the
 * peer still sends, and close when it has closed, or after a while.
 */
final class Goodbye {

    /** How long a client may take to take its last packet before the socket is closed anyway. */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private Goodbye() {}

    /**
     * Writes the last packet, and then closes. On the channel's loop.
     *
     * @param last the last message, or an empty buffer
     */
    static void say(Channel channel, Loop loop, Object last) {
        if (channel.pipeline().get(Discarding.NAME) != null) {
            return;
        }
        // Under TLS and WebSocket the peer is told by a record or a frame of theirs.
        boolean isPlain = channel.pipeline().get(SslHandler.class) == null
                && channel.pipeline().get(WebSocketFrameDecoder.class) == null;
        if (isPlain && channel instanceof DuplexChannel duplex) {
            channel.pipeline().addFirst(Discarding.NAME, Discarding.ALL);
            // What waits there is thrown away as well; and without a read, the peer's end would not be seen.
            channel.config().setAutoRead(true);
            channel.writeAndFlush(last).addListener(written -> duplex.shutdownOutput());
        } else {
            channel.writeAndFlush(last).addListener(written -> channel.close());
        }
        // A client that does not read, or goes on and on, would keep the socket for ever.
        loop.schedule(TIMEOUT, channel::close);
    }

    /** The same without a last packet. */
    static void say(Channel channel, Loop loop) {
        say(channel, loop, Unpooled.EMPTY_BUFFER);
    }

    @Sharable
    private static final class Discarding extends ChannelInboundHandlerAdapter {
        private static final String NAME = "discarding";
        private static final Discarding ALL = new Discarding();

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
        }
    }
}
