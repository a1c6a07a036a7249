package io.sluice.benchmarks.jmh;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.mqtt.codec.ProtocolVersion;
import io.sluice.mqtt.codec.PublishFrame;
import io.sluice.mqtt.codec.Variant;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Encoding one message of 128 bytes for 50 subscribers, from the first to the last: time per subscriber. Each gets a
 * buffer of its own from the allocator that channels have, released at once, on a thread as of an event loop.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Djmh.executor=CUSTOM", "-Djmh.executor.class=io.sluice.benchmarks.jmh.LoopThreads"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FrameBenchmark {

    private static final int SUBSCRIBERS = 50;

    @Param({"MQTT_3_1_1", "MQTT_5"})
    private ProtocolVersion version = ProtocolVersion.MQTT_5;

    private final Message message = Message.of("telemetry/acme/device1/temp", Qos.AT_LEAST_ONCE, "x".repeat(128));

    @Benchmark
    @OperationsPerInvocation(SUBSCRIBERS)
    public int qos0() {
        PublishFrame frame = PublishFrame.of(message);
        int bytes = 0;
        for (int i = 0; i < SUBSCRIBERS; i++) {
            bytes += written(frame, Variant.plain(version, false));
        }
        return bytes;
    }

    @Benchmark
    @OperationsPerInvocation(SUBSCRIBERS)
    public int qos1() {
        PublishFrame frame = PublishFrame.of(message);
        int bytes = 0;
        for (int packetId = 1; packetId <= SUBSCRIBERS; packetId++) {
            bytes += written(frame, Variant.of(version, false, Qos.AT_LEAST_ONCE, false, packetId));
        }
        return bytes;
    }

    private static int written(PublishFrame frame, Variant variant) {
        ByteBuf buffer = frame.encode(ByteBufAllocator.DEFAULT, variant);
        int bytes = buffer.readableBytes();
        buffer.release();
        return bytes;
    }
}
