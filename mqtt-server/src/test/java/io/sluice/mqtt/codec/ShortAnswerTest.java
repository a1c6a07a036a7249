package io.sluice.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.sluice.mqtt.message.ReasonCode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ShortAnswerTest {

    private static List<Packet> answers(int packetId) {
        return List.of(
                new Packet.PubAck(packetId, ReasonCode.SUCCESS, null),
                new Packet.PubRec(packetId, ReasonCode.SUCCESS, null),
                new Packet.PubComp(packetId, ReasonCode.SUCCESS),
                new Packet.PingResp());
    }

    private static String encode(ProtocolVersion version, Packet packet) {
        PacketEncoder encoder = new PacketEncoder();
        encoder.version(version);
        EmbeddedChannel channel = new EmbeddedChannel(encoder);
        channel.writeOutbound(packet);
        ByteBuf written = channel.readOutbound();
        try {
            return ByteBufUtil.hexDump(written);
        } finally {
            written.release();
            channel.finishAndReleaseAll();
        }
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void isWhatTheEncoderMakes(ProtocolVersion version) {
        for (int packetId : new int[] {1, 255, 256, 65_535}) {
            for (Packet packet : answers(packetId)) {
                ByteBuf out = Unpooled.buffer();
                ShortAnswer.append(out, packet);

                assertThat(ShortAnswer.is(packet)).isTrue();
                assertThat(ByteBufUtil.hexDump(out)).as(version + " " + packet).isEqualTo(encode(version, packet));
                assertThat(out.readableBytes()).isLessThanOrEqualTo(ShortAnswer.BYTES_MAX);
            }
        }
    }

    @Test
    void anAnswerWithMoreToSayIsNone() {
        assertThat(ShortAnswer.is(new Packet.PubAck(1, ReasonCode.QUOTA_EXCEEDED, null)))
                .isFalse();
        assertThat(ShortAnswer.is(new Packet.PubAck(1, ReasonCode.SUCCESS, "why")))
                .isFalse();
        assertThat(ShortAnswer.is(new Packet.PubRec(1, ReasonCode.SUCCESS, "why")))
                .isFalse();
        assertThat(ShortAnswer.is(new Packet.PubComp(1, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND)))
                .isFalse();
    }
}
