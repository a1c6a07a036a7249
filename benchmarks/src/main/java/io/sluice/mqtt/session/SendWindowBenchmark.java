package io.sluice.mqtt.session;

import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.port.LogPartition;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A delivery's way through the window of a session, with the default sizes. In this package to reach the window. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SendWindowBenchmark {

    private static final int WINDOW = 100;

    private final SendWindow window = new SendWindow(WINDOW, 256, 1 << 20);
    private final ArrayDeque<Integer> unacknowledged = new ArrayDeque<>(WINDOW);
    private final LogPartition partition = new LogPartition("bench", 0);
    private final OutboundMessage message =
            new OutboundMessage(Message.of("bench/1", Qos.AT_LEAST_ONCE, "x".repeat(128)));
    private long offset;

    @Setup
    public void fill() {
        while (window.hasRoom()) {
            unacknowledged.add(window.sent(delivery()).packetId);
        }
    }

    /** The window is full: the oldest is acknowledged, and the next is sent past the empty buffer. */
    @Benchmark
    public Object acknowledgeAndSend() {
        window.finish(unacknowledged.remove());
        InFlight sent = window.sent(delivery());
        unacknowledged.add(sent.packetId);
        return sent;
    }

    /** The same for a delivery that had to wait in the buffer. */
    @Benchmark
    public Object offerAcknowledgeAndSend() {
        if (!window.offer(delivery())) {
            throw new IllegalStateException("buffer: full (expected: room)");
        }
        window.finish(unacknowledged.remove());
        Delivery oldest = window.peek();
        if (oldest == null) {
            throw new IllegalStateException("buffer: empty (expected: what was offered)");
        }
        window.poll();
        InFlight sent = window.sent(oldest);
        unacknowledged.add(sent.packetId);
        return sent;
    }

    private Delivery delivery() {
        return new Delivery(message, partition, offset++, Qos.AT_LEAST_ONCE, false, new int[0], DeliverySource.TAIL);
    }
}
