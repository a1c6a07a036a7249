package io.sluice.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.EncoderException;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.ReasonCode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class PacketEncoderTest {

    private static final ProtocolVersion V31 = ProtocolVersion.MQTT_3_1;
    private static final ProtocolVersion V311 = ProtocolVersion.MQTT_3_1_1;
    private static final ProtocolVersion V5 = ProtocolVersion.MQTT_5;

    @Test
    void answersThatSucceedTakeTheShortForm() {
        for (ProtocolVersion version : ProtocolVersion.values()) {
            assertThat(encode(version, new Packet.PubAck(0x1234, ReasonCode.SUCCESS, null)))
                    .isEqualTo("40021234");
            assertThat(encode(version, new Packet.PubRec(0x1234, ReasonCode.SUCCESS, null)))
                    .isEqualTo("50021234");
            assertThat(encode(version, new Packet.PubRel(0xFFFF, ReasonCode.SUCCESS)))
                    .isEqualTo("6202ffff");
            assertThat(encode(version, new Packet.PubComp(1, ReasonCode.SUCCESS)))
                    .isEqualTo("70020001");
            assertThat(encode(version, new Packet.PingResp())).isEqualTo("d000");
        }
    }

    @Test
    void mqtt5SaysTheReason() {
        assertThat(encode(V5, new Packet.PubAck(1, ReasonCode.QUOTA_EXCEEDED, null)))
                .isEqualTo("4003000197");
        assertThat(encode(V5, new Packet.PubRec(1, ReasonCode.NO_MATCHING_SUBSCRIBERS, null)))
                .isEqualTo("5003000110");
        assertThat(encode(V5, new Packet.PubComp(1, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND)))
                .isEqualTo("7003000192");
        assertThat(encode(V5, new Packet.PubAck(1, ReasonCode.NOT_AUTHORIZED, "no")))
                .isEqualTo("4009" + "0001" + "87" + "05" + "1f00026e6f");
    }

    @Test
    void mqtt3NeverGetsReasons() {
        assertThat(encode(V311, new Packet.PubRel(1, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND)))
                .isEqualTo("62020001");
        List<ReasonCode> codes =
                List.of(ReasonCode.GRANTED_QOS_1, ReasonCode.TOPIC_FILTER_INVALID, ReasonCode.GRANTED_QOS_2);
        assertThat(encode(V311, new Packet.SubAck(2, codes))).isEqualTo("90050002" + "018002");
        assertThat(encode(V311, new Packet.UnsubAck(2, List.of(ReasonCode.SUCCESS))))
                .isEqualTo("b0020002");
        assertThat(encode(V5, new Packet.SubAck(2, codes))).isEqualTo("90060002" + "00" + "018f02");
        assertThat(encode(V5, new Packet.UnsubAck(2, List.of(ReasonCode.NO_SUBSCRIPTION_EXISTED))))
                .isEqualTo("b0040002" + "00" + "11");
    }

    @Test
    void connAckOfMqtt3HasReturnCodes() {
        assertThat(encode(V311, new Packet.ConnAck(true, ReasonCode.SUCCESS, null)))
                .isEqualTo("20020100");
        assertThat(encode(V31, new Packet.ConnAck(true, ReasonCode.SUCCESS, null)))
                .isEqualTo("20020000");
        assertReturnCode(ReasonCode.UNSUPPORTED_PROTOCOL_VERSION, 1);
        assertReturnCode(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, 2);
        assertReturnCode(ReasonCode.SERVER_UNAVAILABLE, 3);
        assertReturnCode(ReasonCode.SERVER_BUSY, 3);
        assertReturnCode(ReasonCode.BAD_USER_NAME_OR_PASSWORD, 4);
        assertReturnCode(ReasonCode.NOT_AUTHORIZED, 5);
    }

    @Test
    void connAckOfMqtt5HasProperties() {
        Packet.ConnAckProperties properties = new Packet.ConnAckProperties(
                0xFFFF_FFFFL,
                100,
                Qos.AT_LEAST_ONCE,
                true,
                65_536,
                "id",
                16,
                true,
                false,
                true,
                60,
                "why",
                null,
                "M",
                Payload.of("d"));

        assertThat(encode(V5, new Packet.ConnAck(true, ReasonCode.SUCCESS, properties)))
                .isEqualTo("2033" + "01" + "00" + "30"
                        + "11ffffffff" // Session Expiry Interval
                        + "210064" // Receive Maximum
                        + "2401" // Maximum QoS
                        + "2501" // Retain Available
                        + "2700010000" // Maximum Packet Size
                        + "1200026964" // Assigned Client Identifier
                        + "220010" // Topic Alias Maximum
                        + "1f0003776879" // Reason String
                        + "2801" // Wildcard Subscription Available
                        + "2900" // Subscription Identifiers Available
                        + "2a01" // Shared Subscription Available
                        + "13003c" // Server Keep Alive
                        + "1500014d" // Authentication Method
                        + "16000164"); // Authentication Data
        assertThat(encode(V5, new Packet.ConnAck(true, ReasonCode.NOT_AUTHORIZED, null)))
                .isEqualTo("2003008700");
    }

    @Test
    void disconnectAndAuth() {
        assertThat(encode(V5, new Packet.Disconnect(ReasonCode.SESSION_TAKEN_OVER, -1, null)))
                .isEqualTo("e0018e");
        assertThat(encode(V5, new Packet.Disconnect(ReasonCode.PROTOCOL_ERROR, -1, "x")))
                .isEqualTo("e006" + "82" + "04" + "1f000178");
        assertThat(encode(V5, new Packet.Auth(ReasonCode.CONTINUE_AUTHENTICATION, "M", Payload.wrap(new byte[] {7}))))
                .isEqualTo("f00a" + "18" + "08" + "1500014d" + "16000107");
    }

    @Test
    void disconnectIsNotSentToMqtt3ButSucceeds() {
        EmbeddedChannel channel = channel(V311);

        ChannelFuture written = channel.writeOneOutbound(new Packet.Disconnect(ReasonCode.SERVER_BUSY, -1, null));
        channel.flushOutbound();

        assertThat(written.isSuccess()).isTrue();
        assertThat(channel.outboundMessages()).isEmpty();
        channel.finishAndReleaseAll();
    }

    @Test
    void buffersPassAsTheyAre() {
        EmbeddedChannel channel = channel(V311);
        ByteBuf frame = Unpooled.buffer().writeByte(1);

        channel.writeOutbound(frame);

        ByteBuf written = channel.readOutbound();
        assertThat(written).isSameAs(frame);
        written.release();
        channel.finishAndReleaseAll();
    }

    @Test
    void whatOnlyClientsSendIsRefused() {
        EmbeddedChannel channel = channel(V5);

        assertThatThrownBy(() -> channel.writeOutbound(new Packet.PingReq()))
                .isInstanceOfAny(IllegalArgumentException.class, EncoderException.class);
        channel.finishAndReleaseAll();
    }

    @ParameterizedTest
    @EnumSource
    void theSizeIsKnownBeforehand(ProtocolVersion version) {
        List<Packet> packets = List.of(
                new Packet.PubAck(1, ReasonCode.QUOTA_EXCEEDED, "é".repeat(300)),
                new Packet.SubAck(1, List.of(ReasonCode.SUCCESS)),
                new Packet.ConnAck(false, ReasonCode.SUCCESS, null));

        for (Packet packet : packets) {
            assertThat(PacketEncoder.encodedSize(packet, version))
                    .isEqualTo(encode(version, packet).length() / 2);
        }
    }

    private static void assertReturnCode(ReasonCode reasonCode, int returnCode) {
        assertThat(encode(V311, new Packet.ConnAck(true, reasonCode, null))).isEqualTo("2002000" + returnCode);
    }

    private static String encode(ProtocolVersion version, Packet packet) {
        EmbeddedChannel channel = channel(version);
        channel.writeOutbound(packet);
        ByteBuf written = channel.readOutbound();
        try {
            return ByteBufUtil.hexDump(written);
        } finally {
            written.release();
            channel.finishAndReleaseAll();
        }
    }

    private static EmbeddedChannel channel(ProtocolVersion version) {
        PacketEncoder encoder = new PacketEncoder();
        encoder.version(version);
        return new EmbeddedChannel(encoder);
    }
}
