package io.sluice.benchmarks.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttVersion;

/** Subscribes, acknowledges, and checks the sequence numbers of each publisher. Confined to its loop. */
final class Subscriber extends Client {

    private static final int REFUSED_MIN = 0x80;

    private final byte[] subscribe;
    private final boolean hasProperties;
    private final int run;
    private final DeliveryWindow deliveries;
    private final SequenceChecker[] checkers;
    private final int number;
    private long progress;
    private boolean progressed;
    private long nowNanos;

    Subscriber(LoopCounters counters, Packets packets, byte[] connect, int number, Setup setup) {
        super(counters, packets, connect);
        this.number = number;
        this.subscribe = setup.subscribe();
        this.hasProperties = setup.plan().version() == MqttVersion.MQTT_5;
        this.run = setup.run();
        this.deliveries = setup.deliveries();
        this.checkers = new SequenceChecker[setup.plan().publishers()];
        for (int i = 0; i < checkers.length; i++) {
            checkers[i] = new SequenceChecker();
        }
    }

    /** What all subscribers of a run share; messages of other runs are counted and otherwise ignored. */
    record Setup(LoadPlan plan, int run, byte[] subscribe, DeliveryWindow deliveries) {}

    SequenceChecker checker(int publisher) {
        return checkers[publisher];
    }

    @Override
    void onConnected(int receiveMaximum) {
        channel().writeAndFlush(Unpooled.wrappedBuffer(subscribe), channel().voidPromise());
    }

    @Override
    void onPacketOf(int type, int first, ByteBuf in, int body, int end) {
        if (type == PUBLISH) {
            onPublish(first, in, body, end);
        } else if (type == PUBREL) {
            answer(PUBCOMP, in.getUnsignedShort(body));
        } else if (type == SUBACK) {
            onSubAck(in, body, end);
        }
    }

    @Override
    void onBurstEnd() {
        nowNanos = 0;
        if (progressed) {
            deliveries.onProgress(number, progress);
            progressed = false;
        }
    }

    /** One message; the time is read once per burst, which was received at once. */
    private void onPublish(int first, ByteBuf in, int body, int end) {
        int qos = (first >> 1) & 3;
        int index = body + 2 + in.getUnsignedShort(body);
        if (qos > 0) {
            answer(qos == 1 ? PUBACK : PUBREC, in.getUnsignedShort(index));
            index += 2;
        }
        if (hasProperties) {
            int bytes = PacketScanner.variableByteInteger(in, index);
            index += PacketScanner.variableByteIntegerBytes(bytes) + bytes;
        }
        boolean ours = end - index >= PublishTemplate.HEADER_BYTES && in.getInt(index) == run;
        int publisher = ours ? in.getInt(index + 4) : -1;
        if (publisher < 0 || publisher >= checkers.length) {
            counters.foreign++;
            return;
        }
        if (nowNanos == 0) {
            nowNanos = System.nanoTime();
        }
        SequenceChecker checker = checkers[publisher];
        progress -= checker.expected();
        checker.onSequence(in.getLong(index + 8));
        progress += checker.expected();
        progressed = true;
        counters.recordLatency(in.getLong(index + 16), nowNanos);
        counters.received++;
    }

    private void onSubAck(ByteBuf in, int body, int end) {
        int index = body + 2;
        if (hasProperties) {
            int bytes = PacketScanner.variableByteInteger(in, index);
            index += PacketScanner.variableByteIntegerBytes(bytes) + bytes;
        }
        for (int i = index; i < end; i++) {
            if (in.getUnsignedByte(i) >= REFUSED_MIN) {
                ready().completeExceptionally(new IllegalStateException(
                        "SUBACK: reason code " + in.getUnsignedByte(i) + " (expected: granted)"));
            }
        }
        ready().complete(null);
    }
}
