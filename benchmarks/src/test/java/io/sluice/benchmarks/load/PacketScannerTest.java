package io.sluice.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacketScannerTest {

    private final List<String> packets = new ArrayList<>();

    @Test
    void reportsWholePacketsAndLeavesTheRest() {
        // PUBACK 1, PINGRESP, and half a PUBACK.
        ByteBuf in = Unpooled.wrappedBuffer(new byte[] {0x40, 2, 0, 1, (byte) 0xd0, 0, 0x40, 2, 0});

        scan(in);

        assertThat(packets).containsExactly("40:2", "d0:0");
        assertThat(in.readableBytes()).isEqualTo(3);
    }

    @Test
    void bytesOneByOneGiveTheSamePackets() {
        byte[] bytes = new byte[203];
        bytes[0] = 0x30;
        bytes[1] = (byte) 0xc8;
        bytes[2] = 1;
        ByteBuf in = Unpooled.buffer();

        for (byte next : bytes) {
            in.writeByte(next);
            scan(in);
        }

        assertThat(packets).containsExactly("30:200");
        assertThat(in.isReadable()).isFalse();
    }

    @Test
    void aRemainingLengthOfFiveBytesIsRefused() {
        ByteBuf in = Unpooled.wrappedBuffer(new byte[] {0x30, -1, -1, -1, -1, 1});

        assertThatThrownBy(() -> scan(in)).hasMessageContaining("remaining length");
    }

    @Test
    void aTemplateWritesPacketIdSequenceAndTimeIntoItsCopy() {
        for (String version : List.of("3.1.1", "5")) {
            for (int qos = 0; qos <= 2; qos++) {
                String[] args = {"ingest", "--version", version, "--qos", Integer.toString(qos), "--payload", "200"};
                MqttPublishMessage publish = published(LoadPlan.parse(args));

                assertThat(publish.variableHeader().topicName()).isEqualTo("bench/7");
                assertThat(publish.fixedHeader().qosLevel().value()).isEqualTo(qos);
                assertThat(publish.variableHeader().packetId()).isEqualTo(qos == 0 ? -1 : 4_711);
                assertThat(publish.payload().readableBytes()).isEqualTo(200);
                assertThat(publish.payload().getInt(0)).isEqualTo(99);
                assertThat(publish.payload().getInt(4)).isEqualTo(7);
                assertThat(publish.payload().getLong(8)).isEqualTo(123_456_789_012L);
                assertThat(publish.payload().getLong(16)).isEqualTo(42);
                publish.release();
            }
        }
    }

    /** Encoded by the tool, decoded by Netty, which has learnt the version from the CONNECT. */
    private static MqttPublishMessage published(LoadPlan plan) {
        EmbeddedChannel codec = new EmbeddedChannel(new MqttDecoder(10_000));
        try (Packets packets = new Packets(plan.version())) {
            codec.writeInbound(Unpooled.wrappedBuffer(packets.connect("c")));
            codec.readInbound();
            ByteBuf out = Unpooled.buffer();
            packets.publish(99, 7, plan).write(out, 4_711, 123_456_789_012L, 42);
            codec.writeInbound(out);
            return codec.readInbound();
        }
    }

    private void scan(ByteBuf in) {
        PacketScanner.scan(
                in, (first, buffer, body, end) -> packets.add(Integer.toHexString(first) + ":" + (end - body)));
    }
}
