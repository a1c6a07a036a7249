package io.sluice.mqtt.fuzz;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Ticker;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.function.Consumer;

/** The server's end of a socket whose other end is the test. Confined to its thread. */
final class FuzzChannel extends EmbeddedChannel implements DuplexChannel {

    private static final InetSocketAddress ADDRESS = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

    private final Reading reading;
    private boolean outputShutdown;
    private boolean busy;

    private FuzzChannel(Ticker ticker, Reading reading, Consumer<Channel> init) {
        super(EmbeddedChannel.builder().register(false).ticker(ticker).handlers(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast("reading", reading);
                init.accept(channel);
            }
        }));
        this.reading = reading;
    }

    /**
     * A new connection.
     *
     * @param init builds the pipeline
     */
    static FuzzChannel open(Ticker ticker, Consumer<Channel> init) throws Exception {
        FuzzChannel channel = new FuzzChannel(ticker, new Reading(), init);
        // As the server's channels are: nothing is read until the connection says so.
        channel.config().setAutoRead(false);
        channel.register();
        return channel;
    }

    /** Whether the client reads what it is sent. */
    private static final class Reading extends ChannelOutboundHandlerAdapter {
        private boolean on = true;

        @Override
        public void flush(ChannelHandlerContext ctx) {
            if (on) {
                ctx.flush();
            }
        }
    }

    /** The server reads this. */
    void send(byte[] bytes) {
        busy = true;
        try {
            writeInbound(Unpooled.wrappedBuffer(bytes));
        } finally {
            busy = false;
        }
        runPendingTasks();
    }

    /** As on a real loop, and other than an embedded channel does: no task is run in the midst of another. */
    @Override
    public void runPendingTasks() {
        if (!busy) {
            busy = true;
            try {
                super.runPendingTasks();
            } finally {
                busy = false;
            }
        }
    }

    /** The client reads what it is sent, or lets it wait. */
    void reads(boolean on) {
        reading.on = on;
        if (on) {
            flush();
        }
    }

    /** Whether the server reads what the client sends. */
    boolean isRead() {
        return isOpen() && config().isAutoRead();
    }

    /** Whether the server has done with it. */
    boolean isEnded() {
        return outputShutdown || !isOpen();
    }

    /** What has come to the client since the last call. */
    byte[] received() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Object message = readOutbound(); message != null; message = readOutbound()) {
            ByteBuf buffer = (ByteBuf) message;
            byte[] part = new byte[buffer.readableBytes()];
            buffer.readBytes(part);
            buffer.release();
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return ADDRESS;
    }

    @Override
    public boolean isInputShutdown() {
        return false;
    }

    @Override
    public ChannelFuture shutdownInput() {
        return shutdownInput(newPromise());
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        return promise.setSuccess();
    }

    @Override
    public boolean isOutputShutdown() {
        return outputShutdown;
    }

    @Override
    public ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        outputShutdown = true;
        return promise.setSuccess();
    }

    @Override
    public boolean isShutdown() {
        return outputShutdown;
    }

    @Override
    public ChannelFuture shutdown() {
        return shutdownOutput();
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        return shutdownOutput(promise);
    }
}
