package io.sluice.benchmarks.floor;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.util.Arrays;

/**
 * Acknowledgements of one connection on their way from the producer's thread to the loop: many in one write. Safe for
 * all threads (by its lock, which only two ever ask for).
 */
final class Acknowledgements {

    private final ChannelHandlerContext ctx;
    private int[] packets = new int[64];
    private int count;

    Acknowledgements(ChannelHandlerContext ctx) {
        this.ctx = ctx;
    }

    /** Adds a whole packet of four bytes. */
    void add(int packet) {
        boolean first;
        synchronized (this) {
            if (count == packets.length) {
                packets = Arrays.copyOf(packets, count * 2);
            }
            packets[count++] = packet;
            first = count == 1;
        }
        if (first) {
            ctx.executor().execute(this::flush);
        }
    }

    private void flush() {
        ByteBuf out;
        synchronized (this) {
            out = ctx.alloc().directBuffer(count * 4);
            for (int i = 0; i < count; i++) {
                out.writeInt(packets[i]);
            }
            count = 0;
        }
        ctx.writeAndFlush(out, ctx.voidPromise());
    }
}
