package io.sluice.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.message.UserProperty;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PublishFrameTest {

    private static final UnpooledByteBufAllocator ALLOC = new UnpooledByteBufAllocator(true);
    private static final ProtocolVersion V311 = ProtocolVersion.MQTT_3_1_1;
    private static final ProtocolVersion V5 = ProtocolVersion.MQTT_5;

    @AfterEach
    void everyBufferIsReleased() {
        assertThat(ALLOC.metric().usedDirectMemory()).isZero();
        assertThat(ALLOC.metric().usedHeapMemory()).isZero();
    }

    @Test
    void qos0HasNothingButTopicAndPayload() {
        PublishFrame frame = PublishFrame.of(Message.of("a/b", Qos.EXACTLY_ONCE, "hi"));

        assertThat(hex(frame, Variant.plain(V311, false))).isEqualTo("3007" + "0003612f62" + "6869");
        assertThat(hex(frame, Variant.plain(V311, true))).isEqualTo("3107" + "0003612f62" + "6869");
        assertThat(hex(frame, Variant.plain(V5, true))).isEqualTo("3108" + "0003612f62" + "00" + "6869");
        assertThat(hex(frame, Variant.plain(V5, false))).isEqualTo("3008" + "0003612f62" + "00" + "6869");
    }

    @Test
    void theSubscribersPartsAreItsOwn() {
        PublishFrame frame = PublishFrame.of(Message.of("a", Qos.EXACTLY_ONCE, "x"));

        assertThat(hex(frame, Variant.of(V311, true, Qos.AT_LEAST_ONCE, false, 0x102)))
                .isEqualTo("3a06" + "000161" + "0102" + "78");
        Variant everything =
                new Variant(V5, false, Qos.EXACTLY_ONCE, true, 7, 3, false, new int[] {1, 128}, 0xFFFF_FFFFL);
        assertThat(hex(frame, everything))
                .isEqualTo("3514" + "000161" + "0007" + "0d" + "02ffffffff" + "230003" + "0b01" + "0b8001" + "78");
        Variant alias = new Variant(V5, false, Qos.AT_MOST_ONCE, false, 0, 3, true, Variant.NO_IDENTIFIERS, -1);
        assertThat(hex(frame, alias)).isEqualTo("3007" + "0000" + "03" + "230003" + "78");
    }

    @Test
    void dupIsNeverSetAtQos0() {
        PublishFrame frame = PublishFrame.of(Message.of("a", Qos.AT_MOST_ONCE, "x"));

        assertThat(hex(frame, new Variant(V5, true, Qos.AT_MOST_ONCE, false, 0, 0, false, new int[] {1}, -1)))
                .startsWith("30");
    }

    @Test
    void propertiesTravelInTheirOrder() {
        MessageProperties properties = new MessageProperties(
                true,
                MessageProperties.NEVER,
                "ct",
                "r/t",
                Payload.wrap(new byte[] {9}),
                List.of(new UserProperty("k", "1"), new UserProperty("k", "2")));
        PublishFrame frame = PublishFrame.of(message("a", new byte[] {1}, properties));

        assertThat(hex(frame, Variant.plain(V5, false)))
                .isEqualTo("3024" + "000161" + "1f" + "0101" + "0300026374" + "080003722f74" + "09000109"
                        + "2600016b000131" + "2600016b000132" + "01");
        assertThat(hex(frame, Variant.plain(V311, false))).isEqualTo("3004" + "000161" + "01");
    }

    @Test
    void propertiesThatCannotBeSentAreLeftOut() {
        MessageProperties properties = new MessageProperties(
                false,
                MessageProperties.NEVER,
                "a\0b",
                "r/#",
                Payload.wrap(new byte[65_536]),
                List.of(
                        new UserProperty("x".repeat(65_536), ""),
                        new UserProperty("\uD800", ""),
                        new UserProperty("k", "v")));
        PublishFrame frame = PublishFrame.of(message("a", new byte[0], properties));

        assertThat(hex(frame, Variant.plain(V5, false))).isEqualTo("300b" + "000161" + "07" + "2600016b000176");
    }

    /** What goes out can be read: by the decoder, to the same message, at the size that was said. */
    @Test
    void whatIsEncodedDecodesToTheSame() {
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            byte[] payload = new byte[random.nextInt(random.nextBoolean() ? 200 : 20_000)];
            random.nextBytes(payload);
            PublishFrame frame = PublishFrame.of(message("t/é/" + i, payload, properties(random)));
            for (ProtocolVersion version : ProtocolVersion.values()) {
                assertRoundTrip(frame, variant(version, random));
                assertRoundTrip(frame, Variant.plain(version, random.nextBoolean()));
            }
        }
    }

    private static void assertRoundTrip(PublishFrame frame, Variant variant) {
        EmbeddedChannel channel = new EmbeddedChannel(new PacketDecoder(100_000, 10));
        channel.writeInbound(ALLOC.buffer().writeBytes(Packets.connect(variant.version())));
        channel.readInbound();
        ByteBuf encoded = frame.encode(ALLOC, variant);
        assertThat(encoded.readableBytes()).isEqualTo(frame.size(variant));
        channel.writeInbound(encoded);
        Packet.Publish read = channel.readInbound();
        boolean mqtt5 = variant.version().isMqtt5();
        assertThat(read)
                .isEqualTo(new Packet.Publish(
                        variant.dup(),
                        variant.qos(),
                        variant.retain(),
                        variant.topicOmitted() ? null : frame.message().topicName(),
                        variant.topicAlias(),
                        variant.packetId(),
                        mqtt5 ? variant.remainingExpirySeconds() : -1,
                        mqtt5 ? frame.message().properties() : MessageProperties.NONE,
                        frame.message().payload()));
        channel.finishAndReleaseAll();
    }

    /** Without Subscription Identifiers, which the decoder refuses from a client. */
    private static Variant variant(ProtocolVersion version, Random random) {
        Qos qos = Qos.of(random.nextInt(3));
        int packetId = qos == Qos.AT_MOST_ONCE ? 0 : 1 + random.nextInt(65_535);
        boolean dup = qos != Qos.AT_MOST_ONCE && random.nextBoolean();
        int alias = version.isMqtt5() ? random.nextInt(3) : 0;
        boolean omitted = alias != 0 && random.nextBoolean();
        long expiry = random.nextBoolean() ? -1 : random.nextInt(1_000_000);
        return new Variant(
                version, dup, qos, random.nextBoolean(), packetId, alias, omitted, Variant.NO_IDENTIFIERS, expiry);
    }

    private static MessageProperties properties(Random random) {
        if (random.nextInt(4) == 0) {
            return MessageProperties.NONE;
        }
        return new MessageProperties(
                random.nextBoolean(),
                MessageProperties.NEVER,
                random.nextBoolean() ? "c".repeat(random.nextInt(200)) : null,
                random.nextBoolean() ? "r" : null,
                random.nextBoolean() ? Payload.wrap(new byte[random.nextInt(10)]) : null,
                random.nextBoolean() ? List.of(new UserProperty("é", "\uD83D\uDE00")) : List.of());
    }

    private static Message message(String topicName, byte[] payload, MessageProperties properties) {
        return new Message(TopicName.of(topicName), Qos.AT_MOST_ONCE, false, Payload.wrap(payload), properties, null);
    }

    private static String hex(PublishFrame frame, Variant variant) {
        ByteBuf encoded = frame.encode(ALLOC, variant);
        try {
            assertThat(encoded.readableBytes()).isEqualTo(frame.size(variant));
            return ByteBufUtil.hexDump(encoded);
        } finally {
            encoded.release();
        }
    }
}
