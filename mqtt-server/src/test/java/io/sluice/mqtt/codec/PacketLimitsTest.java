package io.sluice.mqtt.codec;

import static io.sluice.mqtt.codec.PacketBytes.bytes;
import static io.sluice.mqtt.codec.PacketBytes.packet;
import static io.sluice.mqtt.codec.PacketBytes.section;
import static io.sluice.mqtt.codec.PacketBytes.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.sluice.mqtt.message.ReasonCode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is too much is refused as soon as it is known to be. */
class PacketLimitsTest {

    private static final int PACKET_BYTES_MAX = 10_000;
    private static final int UNAUTHENTICATED_BYTES_MAX = 1_000;
    private static final PacketLimits LIMITS =
            new PacketLimits(PACKET_BYTES_MAX, UNAUTHENTICATED_BYTES_MAX, 2_000, 3, 2, 4);
    private static final ProtocolVersion V5 = ProtocolVersion.MQTT_5;

    private final PacketDecoder decoder = new PacketDecoder(LIMITS);
    private final EmbeddedChannel channel = new EmbeddedChannel(decoder);

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    @Test
    void aStrangersConnectIsRefusedByItsLengthAloneAndInItsVersion() {
        byte[] start = bytes(0x10, 0x80 | (UNAUTHENTICATED_BYTES_MAX & 0x7F), UNAUTHENTICATED_BYTES_MAX >> 7);
        feed(bytes(start, text("MQTT"), 5, 2, 0, 0));

        assertThat(read()).isInstanceOfSatisfying(MalformedPacket.class, refused -> {
            assertThat(refused.reasonCode()).isEqualTo(ReasonCode.PACKET_TOO_LARGE);
            assertThat(refused.connectVersion()).isEqualTo(V5);
        });
    }

    @Test
    void aConnectOfTheLimitIsRead() {
        feed(packet(0x10, text("MQTT"), 5, 2, 0, 10, 0, text("x".repeat(UNAUTHENTICATED_BYTES_MAX - 16))));

        assertThat(read()).isInstanceOf(Packet.Connect.class);
    }

    @Test
    void whatFollowsConnectMayBeLargerButWaits() {
        byte[] publish = publish(UNAUTHENTICATED_BYTES_MAX + 500);
        feed(Packets.connect(V5));
        assertThat(read()).isInstanceOf(Packet.Connect.class);

        feed(Arrays.copyOf(publish, 200));
        assertThat(read()).isNull();
        assertThat(decoder.isWithinPacket()).isTrue();

        decoder.onAuthenticated();
        feed(Arrays.copyOfRange(publish, 200, publish.length));
        assertThat(read()).isInstanceOf(Packet.Publish.class);
        assertThat(decoder.isWithinPacket()).isFalse();
        assertThat(decoder.packets()).isEqualTo(2);
    }

    @Test
    void noMoreThanTheLimitWaits() {
        feed(Packets.connect(V5));
        assertThat(read()).isInstanceOf(Packet.Connect.class);

        feed(Arrays.copyOf(publish(5_000), UNAUTHENTICATED_BYTES_MAX + 1));

        assertRefused(ReasonCode.PACKET_TOO_LARGE);
    }

    @Test
    void aStepOfAnAuthenticationIsAStrangersPacket() {
        feed(Packets.connect(V5));
        assertThat(read()).isInstanceOf(Packet.Connect.class);

        feed(bytes(0xF0, 0x80 | 0x70, 0x20));

        assertRefused(ReasonCode.PACKET_TOO_LARGE);
    }

    @Test
    void userPropertiesAreCounted() {
        connect();
        feed(withProperties(3));
        assertThat(read()).isInstanceOf(Packet.Publish.class);

        feed(withProperties(4));

        assertRefused(ReasonCode.QUOTA_EXCEEDED);
    }

    @Test
    void topicFiltersAreCounted() {
        connect();
        feed(packet(0x82, 0, 1, 0, text("a"), 0, text("b"), 0));
        assertThat(read()).isInstanceOf(Packet.Subscribe.class);

        feed(packet(0xA2, 0, 2, 0, text("a"), text("b"), text("c")));

        assertRefused(ReasonCode.QUOTA_EXCEEDED);
    }

    @Test
    void levelsOfAFilterAreCountedBeforeThereIsAnObjectForEach() {
        connect();
        feed(packet(0x82, 0, 1, 0, text("+/+/+/+/#"), 1, text("$share/g/a/b/c/d"), 1));

        assertThat(read()).isInstanceOfSatisfying(Packet.Subscribe.class, subscribe -> {
            assertThat(subscribe.entries().get(0).filter()).isNull();
            assertThat(subscribe.entries().get(1).filter()).isNotNull();
        });
    }

    private void connect() {
        feed(Packets.connect(V5));
        assertThat(read()).isInstanceOf(Packet.Connect.class);
        decoder.onAuthenticated();
    }

    private static byte[] publish(int payloadBytes) {
        return packet(0x30, text("a"), 0, new byte[payloadBytes]);
    }

    private static byte[] withProperties(int count) {
        byte[] properties = new byte[0];
        for (int i = 0; i < count; i++) {
            properties = bytes(properties, 0x26, text("n"), text("v"));
        }
        return packet(0x30, text("a"), section(properties));
    }

    private void assertRefused(ReasonCode reasonCode) {
        assertThat(read()).isInstanceOfSatisfying(MalformedPacket.class, refused -> assertThat(refused.reasonCode())
                .isEqualTo(reasonCode));
    }

    private @Nullable Object read() {
        return channel.readInbound();
    }

    private void feed(byte[] bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes));
    }
}
