package io.sluice.mqtt.session;

import io.sluice.mqtt.port.LogPartition;
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

/** The question that a session asks for each record of the tail, and its position. In this package to reach the cursors. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CursorsBenchmark {

    private static final int PARTITIONS = 4;

    private final LogPartition[] partitions = new LogPartition[PARTITIONS];
    private final Cursors tailing = new Cursors(partition -> 1_000);
    private final Cursors lagging = new Cursors(partition -> 1_000);
    private long offset;

    @Setup
    public void prepare() {
        for (int i = 0; i < PARTITIONS; i++) {
            partitions[i] = new LogPartition("bench", i);
        }
        lagging.lag(partitions[0], 10, 2_000);
    }

    /** A session that follows the tail everywhere: the usual case. */
    @Benchmark
    public boolean takesFromTail() {
        return tailing.takesFromTail(partition(), offset);
    }

    /** A session that lags in one partition of four. */
    @Benchmark
    public boolean takesFromTailWhileLagging() {
        return lagging.takesFromTail(partition(), offset);
    }

    @Benchmark
    public long position() {
        return lagging.position(partition(), 5);
    }

    private LogPartition partition() {
        return partitions[(int) (offset++ % PARTITIONS)];
    }
}
