package io.sluice.mqtt.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.ReasonCode;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.message.UserProperty;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares our reading and writing with that of Netty's codec, which was written by others. */
final class NettyCodecTest {

    /** What Netty accepts, too: it knows less of what 3.1 allows, and so does its encoder. */
    static List<Packets.Entry> accepted() {
        return Packets.all().stream()
                .filter(entry -> entry.packet() != null)
                .filter(entry -> !entry.name().contains("3.1 allows"))
                .filter(entry -> !entry.name().contains("in 3.1"))
                .toList();
    }

    /** What Netty reads and writes again is the same packet to us. */
    @ParameterizedTest
    @MethodSource("accepted")
    void aPacketThatNettyWritesIsRead(Packets.Entry entry) {
        EmbeddedChannel netty = new EmbeddedChannel(new MqttDecoder(100_000, 65_535), MqttEncoder.INSTANCE);
        EmbeddedChannel ours = new EmbeddedChannel(new PacketDecoder(100_000, 100));
        if (entry.version() != null) {
            feed(netty, Packets.connect(entry.version()));
            netty.readInbound();
            feed(ours, Packets.connect(entry.version()));
            ours.readInbound();
        }
        feed(netty, entry.bytes());
        MqttMessage message = netty.readInbound();
        netty.writeOutbound(message);
        ByteBuf written = netty.readOutbound();
        ours.writeInbound(written);
        Packet packet = ours.readInbound();

        assertThat(packet).isEqualTo(entry.packet());
        netty.finishAndReleaseAll();
        ours.finishAndReleaseAll();
    }

    @ParameterizedTest
    @EnumSource
    void whatWeWriteNettyReads(ProtocolVersion version) {
        EmbeddedChannel netty = client(version);

        feed(netty, encode(version, new Packet.ConnAck(false, ReasonCode.SUCCESS, null)));
        feed(netty, encode(version, new Packet.SubAck(7, List.of(ReasonCode.GRANTED_QOS_1))));
        MqttConnAckMessage connAck = netty.readInbound();
        MqttSubAckMessage subAck = netty.readInbound();

        assertThat(connAck.decoderResult().isSuccess()).isTrue();
        assertThat(subAck.variableHeader().messageId()).isEqualTo(7);
        assertThat(subAck.payload().reasonCodes()).containsExactly(1);
        netty.finishAndReleaseAll();
    }

    @ParameterizedTest
    @EnumSource
    void aFrameWithEverythingIsReadByNetty(ProtocolVersion version) {
        MessageProperties properties = new MessageProperties(
                true,
                MessageProperties.NEVER,
                "ct",
                "r",
                Payload.wrap(new byte[] {1}),
                List.of(new UserProperty("k", "v".repeat(200))));
        Message message =
                new Message(TopicName.of("a/b"), Qos.EXACTLY_ONCE, true, Payload.of("hello"), properties, null);
        EmbeddedChannel netty = client(version);

        netty.writeInbound(PublishFrame.of(message)
                .encode(
                        UnpooledByteBufAllocator.DEFAULT,
                        new Variant(version, true, Qos.EXACTLY_ONCE, true, 9, 3, false, new int[] {1, 200}, 60)));
        MqttPublishMessage publish = netty.readInbound();

        assertThat(publish.variableHeader().topicName()).isEqualTo("a/b");
        assertThat(publish.variableHeader().packetId()).isEqualTo(9);
        assertThat(publish.fixedHeader().isDup()).isTrue();
        assertThat(ByteBufUtil.getBytes(publish.payload())).isEqualTo("hello".getBytes(UTF_8));
        if (version.isMqtt5()) {
            MqttProperties read = publish.variableHeader().properties();
            assertThat(read.getProperty(MqttProperties.TOPIC_ALIAS).value()).isEqualTo(3);
            assertThat(read.getProperty(MqttProperties.PUBLICATION_EXPIRY_INTERVAL)
                            .value())
                    .isEqualTo(60);
            assertThat(read.getProperty(MqttProperties.CONTENT_TYPE).value()).isEqualTo("ct");
            assertThat(read.getProperties(MqttProperties.SUBSCRIPTION_IDENTIFIER))
                    .hasSize(2);
        }
        publish.release();
        netty.finishAndReleaseAll();
    }

    private static EmbeddedChannel client(ProtocolVersion version) {
        EmbeddedChannel netty = new EmbeddedChannel(new MqttDecoder(100_000, 65_535));
        feed(netty, Packets.connect(version));
        netty.readInbound();
        return netty;
    }

    private static byte[] encode(ProtocolVersion version, Packet packet) {
        PacketEncoder encoder = new PacketEncoder();
        encoder.version(version);
        EmbeddedChannel channel = new EmbeddedChannel(encoder);
        channel.writeOutbound(packet);
        ByteBuf written = channel.readOutbound();
        byte[] bytes = ByteBufUtil.getBytes(written);
        written.release();
        channel.finishAndReleaseAll();
        return bytes;
    }

    private static void feed(EmbeddedChannel channel, byte[] bytes) {
        channel.writeInbound(channel.alloc().buffer(bytes.length).writeBytes(bytes));
    }
}
