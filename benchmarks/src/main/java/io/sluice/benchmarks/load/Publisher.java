package io.sluice.benchmarks.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Publishes as fast as its window allows (closed loop) or at fixed times (open loop). Confined to its loop.
 *
 * <p>In the open loop a message that cannot be sent in time is sent later and keeps its intended time, so that a server
 * that stalls shows in the latencies of all messages that had to wait.
 */
final class Publisher extends Client {

    /** Messages per write: then other connections of the loop have their turn. */
    private static final int BATCH_MAX = 256;

    /** A timer is not set finer than this. */
    private static final long TIMER_NANOS_MIN = 50_000;

    private static final int REFUSED_MIN = 0x80;

    /** Refused messages that are remembered, so that they do not count as lost; with more the run fails. */
    private static final int REFUSED_MAX = 100_000;

    private static final long NOT_UNDER_WAY = -1;

    private final PublishTemplate template;
    private final LoadPlan plan;
    private final DeliveryWindow deliveries;

    // Packet ids 1 to the window's size; the free ones in a ring, oldest first.
    private final int[] freeIds;
    private final long[] sequenceOf;
    private final long[] intendedNanosOf;
    private int freeHead;
    private int freeCount;
    private int refillMin;

    private final Set<Long> refusedSequences = new HashSet<>();

    private boolean running;
    private boolean answered = true;
    private long sequence;
    private long nextIntendedNanos;
    private long intervalNanos;
    private long unsent;

    Publisher(LoopCounters counters, Packets packets, byte[] connect, PublishTemplate template, Publisher.Setup setup) {
        super(counters, packets, connect);
        this.template = template;
        this.plan = setup.plan();
        this.deliveries = setup.deliveries();
        int window = plan.qos() == 0 ? 0 : plan.inflight();
        this.freeIds = new int[window];
        this.sequenceOf = new long[window + 1];
        Arrays.fill(sequenceOf, NOT_UNDER_WAY);
        this.intendedNanosOf = new long[window + 1];
    }

    /** What all publishers of a run share. */
    record Setup(LoadPlan plan, DeliveryWindow deliveries) {}

    @Override
    void onConnected(int receiveMaximum) {
        freeCount = Math.min(freeIds.length, receiveMaximum);
        for (int i = 0; i < freeCount; i++) {
            freeIds[i] = i + 1;
        }
        refillMin = Math.min(plan.batch(), freeCount);
        ready().complete(null);
    }

    /**
     * Starts to publish.
     *
     * @param firstNanos open loop: the intended time of the first message
     * @param interval open loop: ns between messages; 0 for closed loop
     */
    void start(long firstNanos, long interval) {
        running = true;
        nextIntendedNanos = firstNanos;
        intervalNanos = interval;
        if (interval > 0) {
            onTimer();
        } else {
            pump();
        }
    }

    /** Sends nothing new; a QoS 0 publisher asks the server for a sign that it has read everything. */
    void stop() {
        pump();
        running = false;
        long lateNanos = System.nanoTime() - nextIntendedNanos;
        unsent = intervalNanos > 0 && lateNanos >= 0 ? lateNanos / intervalNanos + 1 : 0;
        if (plan.qos() == 0) {
            answered = false;
            ping();
        }
    }

    /** Whether the server has answered for everything that was sent. */
    boolean isDrained() {
        return isClosing() || (unacknowledged() == 0 && answered);
    }

    /** Messages sent, which are those with sequence numbers below this. */
    long sent() {
        return sequence;
    }

    /** Open loop: messages that were due before {@link #stop} and had no room in the window. */
    long unsent() {
        return unsent;
    }

    /** Whether the server has answered for this message and taken it: for QoS 1 and 2, of those sent. */
    boolean isAcknowledged(long sentSequence) {
        if (refusedSequences.contains(sentSequence)) {
            return false;
        }
        for (long open : sequenceOf) {
            if (open == sentSequence) {
                return false;
            }
        }
        return true;
    }

    int unacknowledged() {
        int open = 0;
        for (long openSequence : sequenceOf) {
            open += openSequence >= 0 ? 1 : 0;
        }
        return open;
    }

    /** Sends what may be sent now. */
    void pump() {
        if (!running || isClosing() || !channel().isWritable()) {
            return;
        }
        long now = System.nanoTime();
        int count = allowance(now);
        if (count == 0) {
            return;
        }
        ByteBuf out = channel().alloc().directBuffer(count * template.size());
        for (int i = 0; i < count; i++) {
            long intended = intervalNanos > 0 ? nextIntendedNanos : now;
            template.write(out, plan.qos() == 0 ? 0 : takeId(intended), sequence++, intended);
            nextIntendedNanos += intervalNanos;
        }
        counters.sent += count;
        deliveries.onPublished(count);
        channel().writeAndFlush(out, channel().voidPromise());
        if (count == BATCH_MAX || (plan.qos() == 0 && intervalNanos == 0)) {
            channel().eventLoop().execute(this::pump);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        pump();
    }

    @Override
    void onPacketOf(int type, int first, ByteBuf in, int body, int end) {
        if (type == PUBACK || type == PUBCOMP) {
            onOutcome(in.getUnsignedShort(body), isRefused(in, body, end));
        } else if (type == PUBREC) {
            int packetId = in.getUnsignedShort(body);
            if (isRefused(in, body, end)) {
                onOutcome(packetId, true);
            } else {
                answer(PUBREL, packetId);
            }
        } else if (type == PINGRESP) {
            answered = true;
        }
    }

    @Override
    void onBurstEnd() {
        pump();
    }

    private void onTimer() {
        pump();
        if (running && !isClosing()) {
            long delay = Math.max(TIMER_NANOS_MIN, nextIntendedNanos - System.nanoTime());
            channel().eventLoop().schedule(this::onTimer, delay, TimeUnit.NANOSECONDS);
        }
    }

    private int allowance(long now) {
        long count = Math.min(BATCH_MAX, plan.messagesMax() - sequence);
        if (plan.qos() > 0) {
            count = Math.min(count, freeCount);
        }
        if (intervalNanos > 0) {
            long due = now < nextIntendedNanos ? 0 : (now - nextIntendedNanos) / intervalNanos + 1;
            return (int) Math.min(count, due);
        }
        if (plan.qos() > 0 && freeCount < refillMin) {
            return 0;
        }
        return (int) Math.min(count, deliveries.allowance());
    }

    private int takeId(long intendedNanos) {
        int packetId = freeIds[freeHead];
        freeHead = freeHead + 1 == freeIds.length ? 0 : freeHead + 1;
        freeCount--;
        sequenceOf[packetId] = sequence;
        intendedNanosOf[packetId] = intendedNanos;
        return packetId;
    }

    private void onOutcome(int packetId, boolean refused) {
        if (packetId == 0 || packetId >= sequenceOf.length || sequenceOf[packetId] < 0) {
            throw new IllegalStateException("packet id: " + packetId + " (expected: one under way)");
        }
        if (refused) {
            counters.refused++;
            onRefused(sequenceOf[packetId]);
        } else {
            counters.acknowledged++;
            counters.recordLatency(intendedNanosOf[packetId], System.nanoTime());
        }
        sequenceOf[packetId] = NOT_UNDER_WAY;
        int tail = freeHead + freeCount++;
        freeIds[tail >= freeIds.length ? tail - freeIds.length : tail] = packetId;
    }

    private void onRefused(long refusedSequence) {
        if (refusedSequences.size() >= REFUSED_MAX) {
            throw new IllegalStateException("refused: over " + REFUSED_MAX + " messages (expected: few)");
        }
        refusedSequences.add(refusedSequence);
    }

    private static boolean isRefused(ByteBuf in, int body, int end) {
        return end - body > 2 && in.getUnsignedByte(body + 2) >= REFUSED_MIN;
    }
}
