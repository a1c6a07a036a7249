package io.sluice.kafka.egress;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.kafka.client.KafkaSettings;
import io.sluice.kafka.mapping.RuleSet;
import io.sluice.kafka.topic.KnownTopic;
import io.sluice.kafka.topic.TopicDirectory;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.port.DeliverySink;
import io.sluice.mqtt.port.Egress;
import io.sluice.mqtt.port.LogBatch;
import io.sluice.mqtt.port.LogPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Kafka as the log that subscribers read. Safe for all threads: what is in demand is decided on one thread, the plan's;
 * each partition is read by one of the tails.
 */
public final class KafkaEgress implements Egress, AutoCloseable {

    private final KafkaSettings kafka;
    private final EgressSettings settings;
    private final TopicDirectory directory;
    private final ReadPlan plan;
    private final RecordReader reader;
    private final EgressMeters meters;
    private final ExecutorService planThread;
    private final List<TailThread> tails = new ArrayList<>();
    private final List<LogReaderThread> readers = new ArrayList<>();

    public KafkaEgress(
            KafkaSettings kafka,
            EgressSettings settings,
            RuleSet rules,
            TopicDirectory directory,
            MeterRegistry registry) {
        this.kafka = kafka;
        this.settings = settings;
        this.directory = directory;
        this.plan = new ReadPlan(rules);
        this.meters = new EgressMeters(registry);
        this.reader = new RecordReader(rules, meters);
        // What comes while it closes is nobody's any more.
        this.planThread = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> {
                    Thread thread = new Thread(task, "read-plan");
                    thread.setDaemon(true);
                    return thread;
                },
                (task, executor) -> {});
    }

    /** Starts the threads. Once, before anything is opened. */
    public void start(DeliverySink sink) {
        for (int i = 0; i < settings.tailThreads(); i++) {
            tails.add(new TailThread(i, new KafkaConsumer<>(kafka.consumer("tail-" + i)), reader, sink, meters));
        }
        for (int i = 0; i < settings.readerThreads(); i++) {
            Map<String, Object> config = new HashMap<>(kafka.consumer("reader-" + i));
            // About what a session can take at once: what it cannot is read again.
            config.put("max.poll.records", "256");
            config.put("max.partition.fetch.bytes", Integer.toString(256 << 10));
            readers.add(new LogReaderThread(i, new KafkaConsumer<>(config), reader, meters));
        }
        tails.forEach(Thread::start);
        readers.forEach(Thread::start);
        directory.addListener((before, after) -> planThread.execute(() -> onTopics(after)));
    }

    private void onTopics(Map<String, KnownTopic> topics) {
        for (LogPartition partition : plan.update(topics)) {
            tail(partition).tailFromStart(partition);
        }
    }

    private TailThread tail(LogPartition partition) {
        return tails.get(Math.floorMod(partition.hashCode(), tails.size()));
    }

    @Override
    public Mono<Reading> open(TopicFilter filter, StartListener listener) {
        return Mono.create(sink -> planThread.execute(() -> open(filter, listener, sink)));
    }

    private void open(TopicFilter filter, StartListener listener, MonoSink<Reading> sink) {
        KafkaReading reading = new KafkaReading(plan.acquire(filter, directory.topics()));
        AtomicBoolean cancelled = new AtomicBoolean();
        sink.onCancel(() -> cancelled.set(true));
        Map<TailThread, List<LogPartition>> shares = new HashMap<>();
        for (LogPartition partition : reading.partitions()) {
            shares.computeIfAbsent(tail(partition), key -> new ArrayList<>()).add(partition);
        }
        AtomicInteger waiting = new AtomicInteger(Math.max(1, shares.size()));
        Runnable done = () -> {
            if (waiting.decrementAndGet() == 0) {
                if (cancelled.get()) {
                    reading.close();
                } else {
                    sink.success(reading);
                }
            }
        };
        if (shares.isEmpty()) {
            done.run();
        }
        shares.forEach((tail, share) -> tail.open(share, listener, cancelled::get, done));
    }

    @Override
    public Mono<LogBatch> read(LogPartition partition, long from, int bytesMax) {
        LogReaderThread thread = readers.get(Math.floorMod(partition.hashCode(), readers.size()));
        return Mono.create(sink -> thread.read(partition, from, sink));
    }

    @Override
    public void resume() {
        tails.forEach(TailThread::unpause);
    }

    private final class KafkaReading implements Reading {
        private final ReadPlan.Demand demand;
        private final AtomicBoolean closed = new AtomicBoolean();

        KafkaReading(ReadPlan.Demand demand) {
            this.demand = demand;
        }

        @Override
        public Collection<LogPartition> partitions() {
            return demand.partitions();
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                planThread.execute(() -> plan.release(demand)
                        .forEach(partition -> tail(partition).release(partition)));
            }
        }
    }

    @Override
    public void close() {
        planThread.shutdownNow();
        tails.forEach(TailThread::close);
        readers.forEach(LogReaderThread::close);
    }
}
