package io.sluice.app.scale;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One client: subscribes at QoS 1, acknowledges at once or when it is told to, and checks the sequence numbers that the
 * payloads begin with. Confined to the fleet's loop; what is volatile may be read elsewhere.
 *
 * <p>A payload is a sequence number of its topic, from 0, and the time when it was sent in ns, both 8 bytes.
 */
final class FleetClient {

    final String clientId;
    private final boolean cleanSession;
    private final Queue<String> problems = new ConcurrentLinkedQueue<>();
    private final Map<String, Long> next = new HashMap<>();
    private final Deque<Integer> unacknowledged = new ArrayDeque<>();
    private final Map<Integer, byte[]> published = new LinkedHashMap<>();
    private int lastPacketId;
    private @Nullable Channel channel;
    private @Nullable String filter;
    private @Nullable String willTopic;
    private LongConsumer onLatency = nanos -> {};
    private Runnable onLost = () -> {};
    private @Nullable Consumer<String> onText;
    volatile boolean acknowledgesAtOnce = true;
    volatile boolean connected;
    volatile boolean subscribed;
    private final LongAdder count = new LongAdder();
    volatile int unanswered;
    volatile long last = -1;
    /** It subscribes while messages come: the first that it gets says where it begins. */
    volatile boolean startsAnywhere;
    /** Its publishers may have to publish again what they have published: what comes again needs no DUP. */
    volatile boolean allowsRepeats;

    FleetClient(String clientId, boolean cleanSession) {
        this.clientId = clientId;
        this.cleanSession = cleanSession;
    }

    FleetClient subscribesTo(String newFilter) {
        filter = newFilter;
        return this;
    }

    /** Its will is its client id, to this topic at QoS 1. */
    FleetClient withWill(String topic) {
        willTopic = topic;
        return this;
    }

    /** Its messages are texts, not sequence numbers. On the loop. */
    FleetClient onText(Consumer<String> listener) {
        onText = listener;
        return this;
    }

    /** On the loop, whenever a connection has ended. */
    FleetClient onLost(Runnable listener) {
        onLost = listener;
        return this;
    }

    FleetClient onLatency(LongConsumer listener) {
        onLatency = listener;
        return this;
    }

    void problem(String text) {
        problems.add(clientId + ": " + text);
    }

    Queue<String> problems() {
        return problems;
    }

    Connection newConnection() {
        return new Connection();
    }

    /** Messages received, each counted once. */
    long received() {
        return count.sum();
    }

    /** Acknowledges the oldest, if any. On the loop. */
    void acknowledgeOne() {
        Integer id = unacknowledged.pollFirst();
        Channel open = channel;
        if (id != null && open != null) {
            puback(open, id);
            open.flush();
        }
    }

    /** Acknowledges everything, now and from now on. On the loop. */
    void letGo() {
        acknowledgesAtOnce = true;
        while (!unacknowledged.isEmpty()) {
            acknowledgeOne();
        }
    }

    /** Publishes at QoS 1. On the loop. */
    void publish(String topic, long sequence) {
        Channel open = channel;
        if (open == null) {
            problem("publishes while it is not connected");
            return;
        }
        byte[] name = topic.getBytes(UTF_8);
        lastPacketId = lastPacketId == 65_535 ? 1 : lastPacketId + 1;
        int id = lastPacketId;
        ByteBuf out = Unpooled.buffer();
        out.writeByte(0x32).writeByte(2 + name.length + 2 + 16);
        out.writeShort(name.length).writeBytes(name).writeShort(id);
        out.writeLong(sequence).writeLong(System.nanoTime());
        byte[] packet = ByteBufUtil.getBytes(out);
        published.put(id, packet);
        unanswered = published.size();
        open.writeAndFlush(Unpooled.wrappedBuffer(packet), open.voidPromise());
    }

    /** What is not acknowledged goes out again on a new connection [MQTT-4.4.0-1]. */
    private void publishAgain(Channel open) {
        published.values().forEach(packet -> {
            byte[] again = packet.clone();
            again[0] |= 0x08;
            open.write(Unpooled.wrappedBuffer(again), open.voidPromise());
        });
        open.flush();
    }

    /** Says goodbye. On the loop. */
    void disconnect() {
        Channel open = channel;
        if (open != null) {
            open.writeAndFlush(open.alloc().buffer(2).writeByte(0xE0).writeByte(0));
        }
    }

    private static void puback(Channel open, int id) {
        open.write(open.alloc().buffer(4).writeByte(0x40).writeByte(2).writeShort(id), open.voidPromise());
    }

    /** What it does with the bytes of one connection. */
    final class Connection extends ByteToMessageDecoder {

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            channel = ctx.channel();
            byte[] id = clientId.getBytes(UTF_8);
            ByteBuf out = ctx.alloc().buffer();
            byte[] will = willTopic == null ? new byte[0] : willTopic.getBytes(UTF_8);
            int willLength = willTopic == null ? 0 : 2 + will.length + 2 + id.length;
            out.writeByte(0x10).writeByte(10 + 2 + id.length + willLength);
            out.writeShort(4).writeBytes("MQTT".getBytes(UTF_8));
            out.writeByte(4)
                    .writeByte((cleanSession ? 0x02 : 0) | (willTopic == null ? 0 : 0x0C))
                    .writeShort(0);
            out.writeShort(id.length).writeBytes(id);
            if (willTopic != null) {
                out.writeShort(will.length).writeBytes(will);
                out.writeShort(id.length).writeBytes(id);
            }
            ctx.writeAndFlush(out);
        }

        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
            while (in.readableBytes() >= 2) {
                in.markReaderIndex();
                int type = in.readUnsignedByte();
                int length = 0;
                int shift = 0;
                int digit;
                do {
                    if (!in.isReadable()) {
                        in.resetReaderIndex();
                        return;
                    }
                    digit = in.readUnsignedByte();
                    length |= (digit & 0x7F) << shift;
                    shift += 7;
                } while ((digit & 0x80) != 0);
                if (in.readableBytes() < length) {
                    in.resetReaderIndex();
                    return;
                }
                onPacket(ctx, type, in.readSlice(length));
            }
        }

        private void onPacket(ChannelHandlerContext ctx, int type, ByteBuf body) {
            switch (type >> 4) {
                case 2 -> onConnAck(ctx, body);
                case 3 -> onPublish(ctx, type, body);
                case 4 -> {
                    published.remove(body.readUnsignedShort());
                    unanswered = published.size();
                }
                case 9 -> subscribed = true;
                default -> problem("unexpected packet type " + (type >> 4));
            }
        }

        private void onConnAck(ChannelHandlerContext ctx, ByteBuf body) {
            body.skipBytes(1);
            int code = body.readUnsignedByte();
            if (code != 0) {
                problem("CONNACK " + code);
                return;
            }
            connected = true;
            publishAgain(ctx.channel());
            String wanted = filter;
            if (wanted != null && !subscribed) {
                byte[] text = wanted.getBytes(UTF_8);
                ByteBuf out = ctx.alloc().buffer();
                out.writeByte(0x82).writeByte(2 + 2 + text.length + 1).writeShort(1);
                out.writeShort(text.length).writeBytes(text).writeByte(1);
                ctx.writeAndFlush(out);
            }
        }

        private void onPublish(ChannelHandlerContext ctx, int type, ByteBuf body) {
            String topic =
                    body.readCharSequence(body.readUnsignedShort(), UTF_8).toString();
            int id = (type & 0x06) == 0 ? 0 : body.readUnsignedShort();
            Consumer<String> texts = onText;
            if (texts == null) {
                onNumbered(topic, (type & 0x08) != 0, body.readLong(), body.readLong());
            } else {
                texts.accept(body.toString(UTF_8));
            }
            if (id != 0) {
                if (acknowledgesAtOnce) {
                    puback(ctx.channel(), id);
                } else {
                    unacknowledged.addLast(id);
                }
            }
        }

        private void onNumbered(String topic, boolean dup, long sequence, long sent) {
            long expected = next.getOrDefault(topic, startsAnywhere ? sequence : 0);
            if (sequence == expected) {
                next.put(topic, sequence + 1);
                count.increment();
                last = sequence;
                onLatency.accept(System.nanoTime() - sent);
            } else if (sequence > expected || !(dup || allowsRepeats)) {
                problem(topic + ": got " + sequence + " (expected: " + expected + ")");
                next.put(topic, sequence + 1);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.flush();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            connected = false;
            channel = null;
            onLost.run();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            problem("connection: " + cause);
            ctx.close();
        }
    }
}
