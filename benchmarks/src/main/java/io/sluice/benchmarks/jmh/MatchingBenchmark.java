package io.sluice.benchmarks.jmh;

import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.subscription.Subscription;
import io.sluice.mqtt.subscription.SubscriptionIndex;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.GroupThreads;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Matching against very many wildcard filters: topics per second on one thread, alone ({@code quiet}) and while another
 * thread adds and removes filters as fast as it can ({@code churning:match}, with {@code churning:change} beside it).
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx3g")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class MatchingBenchmark {

    private static final int TOPICS = 1 << 16;
    private static final int CHANGING = 10_000;

    @Param("1000000")
    private int filters;

    private final SubscriptionIndex<Subscription> index = new SubscriptionIndex<>();
    private final TopicName[] topicNames = new TopicName[TOPICS];
    private final Subscription[] changing = new Subscription[CHANGING];

    /** Which topic or filter comes next; one per thread. */
    @State(Scope.Thread)
    public static class Turn {
        private int next;

        int next(int bound) {
            next = next + 1 >= bound ? 0 : next + 1;
            return next;
        }
    }

    @Setup
    public void fill() {
        for (int i = 0; i < filters; i++) {
            Subscription subscription = Filters.subscription(i);
            index.add(subscription.filter(), subscription);
        }
        // Spread over all devices, so that the topics of a round do not stay in the processor's caches.
        for (int i = 0; i < TOPICS; i++) {
            topicNames[i] = Filters.topicName((int) ((long) i * 15_485_863 % filters));
        }
        for (int i = 0; i < CHANGING; i++) {
            changing[i] = Filters.subscription(filters + i);
        }
    }

    @Benchmark
    public void quiet(Turn turn, Blackhole blackhole) {
        index.match(topicNames[turn.next(TOPICS)], blackhole::consume);
    }

    @Benchmark
    @Group("churning")
    @GroupThreads(1)
    public void match(Turn turn, Blackhole blackhole) {
        index.match(topicNames[turn.next(TOPICS)], blackhole::consume);
    }

    /** One filter comes and goes. */
    @Benchmark
    @Group("churning")
    @GroupThreads(1)
    public boolean change(Turn turn) {
        Subscription subscription = changing[turn.next(CHANGING)];
        return index.add(subscription.filter(), subscription) && index.remove(subscription.filter(), subscription);
    }
}
