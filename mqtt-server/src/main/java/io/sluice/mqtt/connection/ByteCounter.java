package io.sluice.mqtt.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

/** Counts the bytes of a connection, at the head of its pipeline. Confined to its loop. */
final class ByteCounter extends ChannelDuplexHandler {

    static final String NAME = "byteCounter";

    private final ConnectionMeters meters;

    ByteCounter(ConnectionMeters meters) {
        this.meters = meters;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof ByteBuf buffer) {
            meters.bytesReceived(buffer.readableBytes());
        }
        ctx.fireChannelRead(msg);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (msg instanceof ByteBuf buffer) {
            meters.bytesSent(buffer.readableBytes());
        }
        ctx.write(msg, promise);
    }
}
