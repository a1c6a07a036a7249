package io.sluice.app.scale;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Hostile clients, so many of each kind, on one event loop: who is sent away comes again after a while. Safe for all
 * threads.
 */
final class HostileCrowd implements AutoCloseable {

    private static final UnpooledByteBufAllocator UNTRACKED = new UnpooledByteBufAllocator(false, true);
    private static final int AGAIN_MILLIS = 4_000;
    private static final int DRIP_MILLIS = 500;
    private static final int FLOOD_MILLIS = 200;

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final int port;
    private final AtomicInteger connections = new AtomicInteger();
    private volatile boolean closed;

    HostileCrowd(int port) {
        this.port = port;
    }

    /** Starts this many, the kinds in turn. */
    void start(List<Hostile> kinds, int count) {
        for (int i = 0; i < count; i++) {
            Hostile kind = kinds.get(i % kinds.size());
            // Over the time after which they come again: it is not the backlog that is tried.
            connectLater(kind, i, (long) i * AGAIN_MILLIS / count);
        }
    }

    /** How many connections there were. */
    int connections() {
        return connections.get();
    }

    private void connectLater(Hostile kind, int number, long millis) {
        if (!closed) {
            var unused = group.schedule(() -> connect(kind, number), millis, TimeUnit.MILLISECONDS);
        }
    }

    private void connect(Hostile kind, int number) {
        if (closed) {
            return;
        }
        new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.ALLOCATOR, UNTRACKED)
                .option(ChannelOption.AUTO_READ, kind.behaviour() != Hostile.Behaviour.DEAF)
                .option(ChannelOption.SO_RCVBUF, 16 << 10)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        open.add(channel);
                        channel.pipeline().addLast(new Behaviour(kind, number));
                    }
                })
                .connect("127.0.0.1", port)
                .addListener(result -> {
                    if (!result.isSuccess()) {
                        connectLater(kind, number, AGAIN_MILLIS);
                    }
                });
    }

    private final class Behaviour extends ChannelInboundHandlerAdapter {
        private final Hostile kind;
        private final int number;
        private int dripped;

        Behaviour(Hostile kind, int number) {
            this.kind = kind;
            this.number = number;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            connections.incrementAndGet();
            ctx.write(Unpooled.wrappedBuffer(numbered(kind.connect())));
            var written = ctx.writeAndFlush(Unpooled.wrappedBuffer(kind.first()));
            switch (kind.behaviour()) {
                case READS, DEAF -> drip(ctx);
                case HALF_CLOSED -> written.addListener(result -> ((DuplexChannel) ctx.channel()).shutdownOutput());
                case FLOODS -> written.addListener(result -> ctx.close());
            }
        }

        private byte[] numbered(byte[] connect) {
            byte[] bytes = connect.clone();
            byte[] sign = Hostile.NUMBER.getBytes(US_ASCII);
            byte[] digits = String.format("%0" + sign.length + "d", number).getBytes(US_ASCII);
            int at = bytes.length - sign.length;
            if (at > 0 && bytes[at] == sign[0]) {
                System.arraycopy(digits, 0, bytes, at, digits.length);
            }
            return bytes;
        }

        private void drip(ChannelHandlerContext ctx) {
            if (dripped < kind.drip().length && ctx.channel().isActive()) {
                ctx.writeAndFlush(Unpooled.wrappedBuffer(kind.drip(), dripped, 1));
                dripped++;
                var unused = ctx.executor().schedule(() -> drip(ctx), DRIP_MILLIS, TimeUnit.MILLISECONDS);
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            connectLater(kind, number, kind.behaviour() == Hostile.Behaviour.FLOODS ? FLOOD_MILLIS : AGAIN_MILLIS);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            // Reset by the server, in the midst of what it does not want.
            ctx.close();
        }
    }

    @Override
    public void close() {
        closed = true;
        // A loop that is told to end in the wrong moment leaves its sockets open.
        open.close().awaitUninterruptibly();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
