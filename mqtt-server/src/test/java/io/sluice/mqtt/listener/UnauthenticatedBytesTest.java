package io.sluice.mqtt.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import io.sluice.mqtt.codec.MalformedPacket;
import io.sluice.mqtt.codec.PacketDecoder;
import io.sluice.mqtt.codec.PacketLimits;
import io.sluice.mqtt.message.ReasonCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UnauthenticatedBytesTest {

    private final PacketDecoder decoder = new PacketDecoder(PacketLimits.DEFAULTS);
    private final EmbeddedChannel channel = new EmbeddedChannel(new UnauthenticatedBytes(100, decoder));

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private static ByteBuf bytes(int count) {
        return Unpooled.wrappedBuffer(new byte[count]);
    }

    private Object read() {
        return channel.readInbound();
    }

    private void assertPassed(int count) {
        ByteBuf passed = channel.readInbound();
        assertThat(passed.readableBytes()).isEqualTo(count);
        passed.release();
    }

    @Test
    void theBoundIsOfAllThatComesTogether() {
        channel.writeInbound(bytes(60), bytes(40));
        assertPassed(60);
        assertPassed(40);

        ByteBuf over = bytes(1);
        channel.writeInbound(over);

        MalformedPacket told = channel.readInbound();
        assertThat(told.reasonCode()).isEqualTo(ReasonCode.PACKET_TOO_LARGE);
        assertThat(told.detail()).contains("more than 100 bytes", "limits.unauthenticated-packet-size");
        assertThat(over.refCnt()).isZero();
    }

    @Test
    void whatComesAfterTooMuchIsTooMuchHoweverMuchItIs() {
        channel.writeInbound(bytes(101));
        assertThat(read()).isInstanceOf(MalformedPacket.class);

        channel.writeInbound(bytes(Integer.MAX_VALUE / 1_000), bytes(1));

        assertThat(read()).isInstanceOf(MalformedPacket.class);
        assertThat(read()).isInstanceOf(MalformedPacket.class);
    }

    @Test
    void whatIsNoBytesIsNotCounted() {
        for (int i = 0; i < 200; i++) {
            channel.writeInbound("an event of the WebSocket's");
            ReferenceCountUtil.release(channel.readInbound());
        }

        channel.writeInbound(bytes(100));
        assertPassed(100);
    }

    @Test
    void whoIsAuthenticatedIsNotBoundHereAnyMore() {
        channel.writeInbound(bytes(100));
        assertPassed(100);

        decoder.onAuthenticated();
        channel.writeInbound(bytes(500));

        assertPassed(500);
        assertThat(channel.pipeline().get(UnauthenticatedBytes.class)).isNull();
    }
}
