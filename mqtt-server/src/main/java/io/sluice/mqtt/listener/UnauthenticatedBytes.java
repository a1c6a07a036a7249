package io.sluice.mqtt.listener;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.sluice.mqtt.codec.MalformedPacket;
import io.sluice.mqtt.codec.PacketDecoder;
import io.sluice.mqtt.message.ReasonCode;

/**
 * Bounds what the peer of a WebSocket sends until it is authenticated. A frame is gathered whole before the packet decoder
 * sees any of it, and may be larger than what a stranger's packet may be. Confined to its loop; goes away when the peer is
 * authenticated.
 */
final class UnauthenticatedBytes extends ChannelInboundHandlerAdapter {

    static final String NAME = "unauthenticatedBytes";

    private final int bytesMax;
    private final PacketDecoder decoder;
    private int bytes;

    /**
     * @param bytesMax of the HTTP request, and of the first packets with their frames
     * @param decoder knows whether the peer is authenticated
     */
    UnauthenticatedBytes(int bytesMax, PacketDecoder decoder) {
        this.bytesMax = bytesMax;
        this.decoder = decoder;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (decoder.isAuthenticated()) {
            ctx.pipeline().remove(this);
        } else if (message instanceof ByteBuf buffer) {
            bytes = Math.min(bytes + buffer.readableBytes(), bytesMax + 1);
            if (bytes > bytesMax) {
                ReferenceCountUtil.release(message);
                ctx.fireChannelRead(new MalformedPacket(
                        ReasonCode.PACKET_TOO_LARGE,
                        null,
                        "more than " + bytesMax + " bytes before CONNACK (limits.unauthenticated-packet-size)"));
                return;
            }
        }
        ctx.fireChannelRead(message);
    }
}
