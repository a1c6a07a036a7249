package io.sluice.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.sluice.mqtt.message.ReasonCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class PacketDecoderTest {

    private static final UnpooledByteBufAllocator ALLOC = new UnpooledByteBufAllocator(true);

    static List<Packets.Entry> entries() {
        return Packets.all();
    }

    @AfterEach
    void everyBufferIsReleased() {
        assertThat(ALLOC.metric().usedDirectMemory()).isZero();
        assertThat(ALLOC.metric().usedHeapMemory()).isZero();
    }

    @ParameterizedTest
    @MethodSource("entries")
    void readsThePacketInOnePiece(Packets.Entry entry) {
        EmbeddedChannel channel = connected(entry);

        feed(channel, entry.bytes());

        assertOutcome(channel, entry);
    }

    @ParameterizedTest
    @MethodSource("entries")
    void readsThePacketByteByByte(Packets.Entry entry) {
        EmbeddedChannel channel = connected(entry);

        for (byte b : entry.bytes()) {
            feed(channel, new byte[] {b});
        }

        assertOutcome(channel, entry);
    }

    @ParameterizedTest
    @MethodSource("entries")
    void readsThePacketBetweenOthers(Packets.Entry entry) {
        EmbeddedChannel channel = channel();
        byte[] before = entry.version() == null ? new byte[0] : Packets.connect(entry.version());
        byte[] ping = {(byte) 0xC0, 0};

        feed(channel, PacketBytes.bytes(before, entry.bytes(), ping));

        if (entry.version() != null) {
            assertThat(read(channel)).isInstanceOf(Packet.Connect.class);
        }
        if (entry.packet() != null) {
            assertThat(read(channel)).isEqualTo(entry.packet());
            assertThat(read(channel)).isEqualTo(new Packet.PingReq());
        } else {
            // Nothing comes after it.
            assertThat(read(channel)).isInstanceOf(MalformedPacket.class);
        }
        assertThat(read(channel)).isNull();
        channel.finishAndReleaseAll();
    }

    @Test
    void nothingIsEmittedAfterAMalformedPacket() {
        EmbeddedChannel channel = channel();
        feed(channel, Packets.connect(ProtocolVersion.MQTT_5));
        channel.readInbound();
        feed(channel, new byte[] {0, 0});

        assertThat(read(channel)).isInstanceOf(MalformedPacket.class);
        feed(channel, new byte[] {0, 0});
        feed(channel, new byte[] {(byte) 0xC0, 0});

        assertThat(read(channel)).isNull();
        channel.finishAndReleaseAll();
    }

    @Test
    void aPayloadDoesNotShareTheBuffersMemory() {
        EmbeddedChannel channel = channel();
        feed(channel, Packets.connect(ProtocolVersion.MQTT_3_1_1));
        channel.readInbound();
        ByteBuf bytes = Unpooled.copiedBuffer(PacketBytes.packet(0x30, PacketBytes.text("a"), 'x'));
        ByteBuf kept = bytes.retainedDuplicate();

        channel.writeInbound(bytes);
        kept.setByte(kept.writerIndex() - 1, 'y');
        kept.release();

        Packet.Publish publish = channel.readInbound();
        assertThat(publish.payload().utf8()).isEqualTo("x");
        assertThat(bytes.refCnt()).isZero();
        channel.finishAndReleaseAll();
    }

    /** A turn that is over at the second question. */
    private static final class ShortTurn implements ReadTurn {
        int over;
        int allRead;
        private boolean hasBegun;

        @Override
        public boolean isOver() {
            hasBegun = !hasBegun;
            over += hasBegun ? 0 : 1;
            return !hasBegun;
        }

        @Override
        public void onAllRead() {
            hasBegun = false;
            allRead++;
        }
    }

    private static byte[] numbered(int from, int count) {
        byte[][] packets = new byte[count][];
        for (int i = 0; i < count; i++) {
            packets[i] = PacketBytes.packet(0x30, PacketBytes.text("a"), from + i);
        }
        return PacketBytes.bytes((Object[]) packets);
    }

    private static List<Integer> payloads(EmbeddedChannel channel) {
        List<Integer> read = new ArrayList<>();
        for (Packet.Publish next = channel.readInbound(); next != null; next = channel.readInbound()) {
            read.add(next.payload().bytes()[0] & 0xFF);
        }
        return read;
    }

    private static List<Integer> upTo(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    @Test
    void whatIsLeftWhenItsTurnIsOverComesInItsOrderAndOnce() {
        EmbeddedChannel channel = connected311();
        PacketDecoder decoder = channel.pipeline().get(PacketDecoder.class);
        ShortTurn turn = new ShortTurn();
        decoder.share(turn);

        feed(channel, numbered(0, 20));
        List<Integer> read = payloads(channel);
        assertThat(read).isEqualTo(upTo(8));
        // What comes meanwhile stands behind it, and half a packet is none.
        byte[] later = numbered(20, 5);
        feed(channel, Arrays.copyOf(later, later.length - 1));
        assertThat(payloads(channel)).isEmpty();
        assertThat(decoder.isWithinPacket()).isFalse();

        assertThat(decoder.resume()).isFalse();
        assertThat(decoder.resume()).isFalse();
        assertThat(decoder.resume()).isTrue();
        read.addAll(payloads(channel));
        assertThat(read).isEqualTo(upTo(24));
        assertThat(decoder.isWithinPacket()).isTrue();
        feed(channel, new byte[] {later[later.length - 1]});
        read.addAll(payloads(channel));
        assertThat(read).isEqualTo(upTo(25));
        assertThat(turn.over).isEqualTo(3);
        assertThat(turn.allRead).isEqualTo(2);
        channel.finishAndReleaseAll();
    }

    @Test
    void whatCameBeforeTheEndOfTheConnectionIsReadWithoutATurn() {
        EmbeddedChannel channel = connected311();
        channel.pipeline().get(PacketDecoder.class).share(new ShortTurn());
        feed(channel, numbered(0, 100));

        channel.close();

        assertThat(payloads(channel)).isEqualTo(upTo(100));
        channel.finishAndReleaseAll();
    }

    @Test
    void nothingIsReadAfterItIsStopped() {
        EmbeddedChannel channel = connected311();
        PacketDecoder decoder = channel.pipeline().get(PacketDecoder.class);
        decoder.share(new ShortTurn());
        feed(channel, numbered(0, 20));
        payloads(channel);

        decoder.stop();

        assertThat(decoder.resume()).isTrue();
        feed(channel, numbered(20, 5));
        assertThat(payloads(channel)).isEmpty();
        channel.finishAndReleaseAll();
    }

    /** Whoever has turned reading off wants no more, also when what there is does not make a packet. */
    @Test
    void whoGoesOnDoesNotReadTheSocket() {
        AtomicInteger reads = new AtomicInteger();
        EmbeddedChannel channel = connected311();
        channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
            @Override
            public void read(ChannelHandlerContext ctx) {
                reads.incrementAndGet();
            }
        });
        PacketDecoder decoder = channel.pipeline().get(PacketDecoder.class);
        decoder.share(new ShortTurn());
        channel.config().setAutoRead(false);
        byte[] packets = numbered(0, 9);
        feed(channel, Arrays.copyOf(packets, packets.length - 1));
        assertThat(payloads(channel)).isEqualTo(upTo(8));

        assertThat(decoder.resume()).isTrue();

        assertThat(reads).hasValue(0);
        channel.finishAndReleaseAll();
    }

    @Test
    void whatCameBeforeItsLastTurnIsReadAtOnce() {
        EmbeddedChannel channel = connected311();
        PacketDecoder decoder = channel.pipeline().get(PacketDecoder.class);
        decoder.share(new ShortTurn());
        feed(channel, numbered(0, 100));

        decoder.finish();

        assertThat(payloads(channel)).isEqualTo(upTo(100));
        channel.finishAndReleaseAll();
    }

    @Test
    void nothingIsReadWhileItIsPaused() {
        EmbeddedChannel channel = connected311();
        PacketDecoder decoder = channel.pipeline().get(PacketDecoder.class);
        assertThat(decoder.hasMore()).isFalse();

        decoder.pause();
        feed(channel, numbered(0, 5));

        assertThat(payloads(channel)).isEmpty();
        assertThat(decoder.hasMore()).isTrue();
        assertThat(decoder.resume()).isTrue();
        assertThat(payloads(channel)).isEqualTo(upTo(5));
        channel.finishAndReleaseAll();
    }

    private static EmbeddedChannel connected311() {
        EmbeddedChannel channel = channel();
        feed(channel, Packets.connect(ProtocolVersion.MQTT_3_1_1));
        channel.readInbound();
        return channel;
    }

    /** Whatever the bytes, the decoder gives packets or refuses: no other exception leaves it. */
    @Test
    void randomChangesNeverBreakTheDecoder() {
        Random random = new Random(20_260_101);
        List<Packets.Entry> entries = Packets.all();
        for (int i = 0; i < 5_000; i++) {
            Packets.Entry entry = entries.get(random.nextInt(entries.size()));
            if (entry.bytes().length > 300) {
                continue;
            }
            byte[] changed = entry.bytes().clone();
            for (int change = random.nextInt(3); change >= 0; change--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            }
            EmbeddedChannel channel = connected(entry);

            feed(channel, changed);

            channel.checkException();
            channel.finishAndReleaseAll();
        }
    }

    @Test
    void theDetailNamesThePacketAndWhatWasExpected() {
        EmbeddedChannel channel = channel();

        feed(channel, new byte[] {(byte) 0xC0, 0});

        MalformedPacket malformed = channel.readInbound();
        assertThat(malformed)
                .isEqualTo(new MalformedPacket(
                        ReasonCode.PROTOCOL_ERROR, null, "PINGREQ as the first packet (expected: CONNECT)"));
        channel.finishAndReleaseAll();
    }

    private static void assertOutcome(EmbeddedChannel channel, Packets.Entry entry) {
        List<Object> read = new ArrayList<>();
        for (Object each = channel.readInbound(); each != null; each = channel.readInbound()) {
            read.add(each);
        }
        assertThat(read).hasSize(1);
        if (entry.packet() != null) {
            assertThat(read.get(0)).isEqualTo(entry.packet());
        } else {
            assertThat(read.get(0)).isInstanceOf(MalformedPacket.class);
            MalformedPacket malformed = (MalformedPacket) read.get(0);
            assertThat(malformed.reasonCode()).as(malformed.detail()).isEqualTo(entry.refusal());
            assertThat(malformed.connectVersion()).as(malformed.detail()).isEqualTo(entry.answerVersion());
            assertThat(malformed.detail()).isNotBlank();
        }
        channel.finishAndReleaseAll();
    }

    private static EmbeddedChannel connected(Packets.Entry entry) {
        EmbeddedChannel channel = channel();
        if (entry.version() != null) {
            feed(channel, Packets.connect(entry.version()));
            assertThat(read(channel)).isInstanceOf(Packet.Connect.class);
        }
        return channel;
    }

    private static @Nullable Object read(EmbeddedChannel channel) {
        return channel.readInbound();
    }

    private static EmbeddedChannel channel() {
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.config().setAllocator(ALLOC);
        PacketDecoder.install(channel.pipeline(), Packets.MAX_PACKET_SIZE, Packets.MAX_CLIENT_ID_LENGTH);
        return channel;
    }

    private static void feed(EmbeddedChannel channel, byte[] bytes) {
        ByteBuf buffer = channel.alloc().directBuffer(bytes.length).writeBytes(Arrays.copyOf(bytes, bytes.length));
        channel.writeInbound(buffer);
    }
}
