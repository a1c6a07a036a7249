package io.sluice.mqtt.connection;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.sluice.mqtt.codec.MalformedPacket;
import io.sluice.mqtt.codec.Packet;

/** Turns Netty's callbacks into those of a {@link Connection}, and nothing else. Confined to its loop. */
final class ConnectionHandler extends ChannelDuplexHandler {

    static final String NAME = "connection";

    private final Connection connection;

    ConnectionHandler(Connection connection) {
        this.connection = connection;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        // First what stands behind us: the reactive bridge turns reading off when it hears of the channel.
        ctx.fireChannelActive();
        connection.onActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof Packet packet) {
            connection.onPacket(packet);
        } else if (msg instanceof MalformedPacket malformed) {
            connection.onMalformed(malformed);
        } else {
            ReferenceCountUtil.release(msg);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        connection.onReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        connection.onWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        connection.onInactive();
        ctx.fireChannelInactive();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent completion && !completion.isSuccess()) {
            connection.onTlsFailed(completion.cause());
        }
        if (event == PeerAddress.KNOWN) {
            connection.onAddressKnown();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        connection.onException(cause);
    }
}
