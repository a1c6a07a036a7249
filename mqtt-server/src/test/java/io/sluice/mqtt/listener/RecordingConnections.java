package io.sluice.mqtt.listener;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.sluice.mqtt.codec.Packet;
import io.sluice.mqtt.codec.PacketDecoder;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Keeps what connections give out, answers PINGREQ, and an UNSUBSCRIBE by closing. */
final class RecordingConnections implements ConnectionInitializer {

    private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<Channel> channels = new LinkedBlockingQueue<>();

    @Override
    public void init(Channel channel, ListenerSettings settings) {
        channels.add(channel);
        ConnectionInitializer.addLast(channel, "connection", new Recorder());
    }

    /** The next packet, or "closed". */
    Object next() throws InterruptedException {
        Object event = events.poll(30, TimeUnit.SECONDS);
        if (event == null) {
            throw new AssertionError("nothing came");
        }
        return event;
    }

    Channel channel() throws InterruptedException {
        Channel channel = channels.poll(30, TimeUnit.SECONDS);
        if (channel == null) {
            throw new AssertionError("no connection came");
        }
        return channel;
    }

    private final class Recorder extends ChannelInboundHandlerAdapter {

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            assert !ctx.channel().config().isAutoRead() : "reads before the connection says so";
            ctx.fireChannelActive();
            ctx.channel().config().setAutoRead(true);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            events.add(message);
            ReferenceCountUtil.release(message);
            if (message instanceof Packet.Connect) {
                ctx.pipeline().get(PacketDecoder.class).onAuthenticated();
            }
            if (message instanceof Packet.PingReq) {
                ctx.write(new Packet.PingResp());
                ctx.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {0x30, 0x02, 0x00, 0x00}));
            } else if (message instanceof Packet.Unsubscribe) {
                ctx.close();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            events.add("closed");
            ctx.fireChannelInactive();
        }
    }
}
