package io.sluice.benchmarks.jmh;

import io.sluice.mqtt.subscription.Subscription;
import io.sluice.mqtt.subscription.SubscriptionIndex;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What 100,000 filters cost: the time of adding them all to an empty index, and, printed after each iteration, the bytes
 * that the index itself keeps for each. The subscriptions and their filters are there before.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx1g")
@Warmup(iterations = 5)
@Measurement(iterations = 10)
public class AddingBenchmark {

    private static final int FILTERS = 100_000;

    private final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    private final Subscription[] subscriptions = new Subscription[FILTERS];
    private SubscriptionIndex<Subscription> index = new SubscriptionIndex<>();
    private long usedBefore;

    @Setup
    public void prepare() {
        for (int i = 0; i < FILTERS; i++) {
            subscriptions[i] = Filters.subscription(i);
        }
    }

    @Setup(Level.Iteration)
    public void empty() {
        index = new SubscriptionIndex<>();
        usedBefore = used();
    }

    @Benchmark
    public SubscriptionIndex<Subscription> add() {
        for (Subscription subscription : subscriptions) {
            index.add(subscription.filter(), subscription);
        }
        return index;
    }

    @TearDown(Level.Iteration)
    public void printBytes() {
        System.out.print("(" + (used() - usedBefore) / index.filters() + " bytes per filter) ");
    }

    private long used() {
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }
}
