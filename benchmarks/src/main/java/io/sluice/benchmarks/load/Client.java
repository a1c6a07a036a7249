package io.sluice.benchmarks.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One MQTT client of the tool: connects, keeps alive, scans packets. Confined to its loop. */
abstract class Client extends ByteToMessageDecoder implements PacketScanner.Listener {

    private static final int PING_SECONDS = 20;

    private static final int CONNACK = 2;
    static final int PUBLISH = 3;
    static final int PUBACK = 4;
    static final int PUBREC = 5;
    static final int PUBREL = 6;
    static final int PUBCOMP = 7;
    static final int SUBACK = 9;
    static final int PINGRESP = 13;
    static final int AUTH = 15;

    private static final int PUBREL_FIRST = 0x62;
    private static final byte[] PINGREQ_PACKET = {(byte) 0xc0, 0};
    private static final byte[] DISCONNECT_PACKET = {(byte) 0xe0, 0};

    final LoopCounters counters;
    private final Packets packets;
    private final byte[] connect;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private @Nullable Channel channel;
    private @Nullable ByteBuf answers;
    private boolean closing;

    Client(LoopCounters counters, Packets packets, byte[] connect) {
        this.counters = counters;
        this.packets = packets;
        this.connect = connect;
    }

    /** Completes when the server has accepted all that this client needs before messages flow. Safe for all threads. */
    CompletableFuture<Void> ready() {
        return ready;
    }

    /** The connection; there from the moment it is open. */
    Channel channel() {
        return Objects.requireNonNull(channel, "channel before it is open");
    }

    void disconnect() {
        closing = true;
        channel().writeAndFlush(Unpooled.wrappedBuffer(DISCONNECT_PACKET)).addListener(ChannelFutureListener.CLOSE);
    }

    void ping() {
        channel()
                .writeAndFlush(Unpooled.wrappedBuffer(PINGREQ_PACKET), channel().voidPromise());
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        channel = ctx.channel();
        ctx.writeAndFlush(Unpooled.wrappedBuffer(connect));
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        PacketScanner.scan(in, this);
    }

    @Override
    public void onPacket(int first, ByteBuf in, int body, int end) {
        int type = first >> 4;
        if (type == CONNACK) {
            int header = 1 + PacketScanner.variableByteIntegerBytes(end - body);
            onSession((in.getUnsignedByte(body) & 1) == 1);
            onConnected(packets.receiveMaximum(ByteBufUtil.getBytes(in, body - header, end - body + header)));
            channel()
                    .eventLoop()
                    .scheduleAtFixedRate(this::pingWhileOpen, PING_SECONDS, PING_SECONDS, TimeUnit.SECONDS);
        } else {
            onPacketOf(type, first, in, body, end);
        }
    }

    /** The answers of one burst of packets go out together. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        super.channelReadComplete(ctx);
        onBurstEnd();
        if (answers != null) {
            ctx.writeAndFlush(answers, ctx.voidPromise());
            answers = null;
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        super.channelInactive(ctx);
        if (answers != null) {
            answers.release();
            answers = null;
        }
        if (!closing) {
            closing = true;
            counters.connectionsLost++;
            ready.completeExceptionally(new IllegalStateException("connection closed by the server"));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ready.completeExceptionally(cause);
        ctx.close();
    }

    /** CONNACK's Session Present [MQTT-3.2.2-2]; before {@link #onConnected}. */
    void onSession(boolean present) {}

    abstract void onConnected(int receiveMaximum);

    /** Any packet after CONNACK; parameters as in {@link PacketScanner.Listener}. */
    abstract void onPacketOf(int type, int first, ByteBuf in, int body, int end);

    abstract void onBurstEnd();

    boolean isClosing() {
        return closing;
    }

    /** Adds a PUBACK, PUBREC, PUBREL or PUBCOMP to the answers of this burst. */
    void answer(int type, int packetId) {
        if (answers == null) {
            answers = channel().alloc().directBuffer(1024);
        }
        int first = type == PUBREL ? PUBREL_FIRST : type << 4;
        answers.writeInt((first << 24) | (2 << 16) | packetId);
    }

    private void pingWhileOpen() {
        if (!closing) {
            ping();
        }
    }
}
