package io.sluice.kafka.egress;

import io.sluice.mqtt.port.DeliverySink;
import io.sluice.mqtt.port.Egress.StartListener;
import io.sluice.mqtt.port.LogBatch;
import io.sluice.mqtt.port.LogPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the live partitions of its share, each once, and hands over what it finds. One thread with one consumer, without
 * a group; other threads leave it commands. {@link #runOnce} is one turn: commands, poll, map, hand over.
 */
final class TailThread extends Thread {

    /** A subscriber that wants to know where it begins. */
    private record Opening(
            Collection<LogPartition> partitions, StartListener listener, BooleanSupplier cancelled, Runnable done) {}

    private static final Logger log = LoggerFactory.getLogger(TailThread.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration OFFSETS_TIMEOUT = Duration.ofSeconds(5);
    private static final long AFTER_ERROR_NANOS = Duration.ofMillis(500).toNanos();
    private static final long IDLE_NANOS = Duration.ofSeconds(1).toNanos();

    private final Consumer<byte[], byte[]> consumer;
    private final RecordReader reader;
    private final DeliverySink sink;
    private final EgressMeters meters;
    private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private volatile boolean polling;
    private volatile boolean paused;
    private volatile boolean closed;

    // confined to the thread
    private final List<Opening> openings = new ArrayList<>();
    private final Map<TopicPartition, Long> tails = new HashMap<>();

    TailThread(
            int number,
            Consumer<byte[], byte[]> consumer,
            RecordReader reader,
            DeliverySink sink,
            EgressMeters meters) {
        super("tail-" + number);
        setDaemon(true);
        this.consumer = consumer;
        this.reader = reader;
        this.sink = sink;
        this.meters = meters;
    }

    // ---- commands, from any thread --------------------------------------------------------------------------------

    /** Tells the listener the last stable offset of each partition, tails those that are not yet tailed, then done. */
    void open(Collection<LogPartition> partitions, StartListener listener, BooleanSupplier cancelled, Runnable done) {
        command(() -> openings.add(new Opening(partitions, listener, cancelled, done)));
    }

    /** Tails a partition that has just appeared, from its first record. */
    void tailFromStart(LogPartition partition) {
        command(() -> {
            if (tails.putIfAbsent(kafka(partition), 0L) == null) {
                assign(Map.of(kafka(partition), 0L));
            }
        });
    }

    /** Stops reading a partition. */
    void release(LogPartition partition) {
        command(() -> {
            if (tails.remove(kafka(partition)) != null) {
                assign(Map.of());
            }
        });
    }

    /** The sink has room again. */
    void unpause() {
        if (paused) {
            paused = false;
            LockSupport.unpark(this);
        }
    }

    private void command(Runnable command) {
        commands.add(command);
        if (polling) {
            consumer.wakeup();
        }
        LockSupport.unpark(this);
    }

    void close() {
        closed = true;
        consumer.wakeup();
        LockSupport.unpark(this);
    }

    // ---- the thread -----------------------------------------------------------------------------------------------

    @Override
    public void run() {
        while (!closed) {
            try {
                runOnce();
            } catch (WakeupException woken) {
                // A command has come.
            } catch (InterruptException interrupted) {
                log.atWarn().log("Tail interrupted, it ends");
                closed = true;
            } catch (KafkaException failure) {
                onFailure(failure);
            } catch (RuntimeException | AssertionError bug) {
                meters.bugs.increment();
                log.atError().setCause(bug).log("Tail failed, it goes on");
                LockSupport.parkNanos(AFTER_ERROR_NANOS);
            }
        }
        consumer.close();
    }

    /** One turn. */
    void runOnce() {
        for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
            command.run();
        }
        if (!openings.isEmpty()) {
            carryOutOpenings();
        }
        if (tails.isEmpty() || paused) {
            if (commands.isEmpty() && openings.isEmpty()) {
                LockSupport.parkNanos(this, IDLE_NANOS);
            }
            return;
        }
        poll();
    }

    private void carryOutOpenings() {
        openings.removeIf(opening -> opening.cancelled.getAsBoolean() && finish(opening));
        Set<TopicPartition> wanted = new HashSet<>();
        openings.forEach(opening -> opening.partitions.forEach(partition -> wanted.add(kafka(partition))));
        Map<TopicPartition, Long> ends = Map.of();
        if (!wanted.isEmpty()) {
            try {
                // With read_committed these are the last stable offsets: what an open transaction has below the end
                // commits after the SUBACK and is delivered.
                ends = consumer.endOffsets(wanted, OFFSETS_TIMEOUT);
            } catch (TimeoutException away) {
                log.atDebug().setCause(away).log("Last stable offsets are not to be had yet");
                LockSupport.parkNanos(AFTER_ERROR_NANOS);
                return;
            }
        }
        Map<TopicPartition, Long> added = new HashMap<>();
        for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
            if (tails.putIfAbsent(end.getKey(), end.getValue()) == null) {
                added.put(end.getKey(), end.getValue());
            }
        }
        if (!added.isEmpty()) {
            assign(added);
        }
        for (Opening opening : List.copyOf(openings)) {
            for (LogPartition partition : opening.partitions) {
                Long end = ends.get(kafka(partition));
                if (end != null) {
                    opening.listener.onStart(partition, end);
                }
            }
            finish(opening);
        }
        openings.clear();
    }

    private static boolean finish(Opening opening) {
        opening.done.run();
        return true;
    }

    private void assign(Map<TopicPartition, Long> added) {
        consumer.assign(tails.keySet());
        added.forEach(consumer::seek);
        meters.tailPartitions.set(tails.size());
    }

    private void poll() {
        ConsumerRecords<byte[], byte[]> records;
        polling = true;
        try {
            if (!commands.isEmpty()) {
                return;
            }
            records = consumer.poll(POLL);
        } finally {
            polling = false;
        }
        meters.tailRecords.increment(records.count());
        // Control records, aborted and compacted ones move the position without a record: none may be passed over.
        Collection<TopicPartition> moved = records.isEmpty() ? List.copyOf(tails.keySet()) : records.partitions();
        for (TopicPartition partition : moved) {
            handOver(partition, records);
        }
        if (records.isEmpty()) {
            meters.tailLagRecords.set(0);
        } else {
            measureLag(records);
        }
    }

    private void measureLag(ConsumerRecords<byte[], byte[]> records) {
        long lag = 0;
        for (TopicPartition partition : records.partitions()) {
            lag = Math.max(lag, consumer.currentLag(partition).orElse(0));
        }
        meters.tailLagRecords.set(lag);
    }

    private void handOver(TopicPartition partition, ConsumerRecords<byte[], byte[]> records) {
        Long from = tails.get(partition);
        if (from == null) {
            return;
        }
        long to = consumer.position(partition, OFFSETS_TIMEOUT);
        if (to <= from) {
            return;
        }
        tails.put(partition, to);
        LogBatch batch = new LogBatch(ours(partition), from, to, 0, reader.read(records.records(partition)));
        if (!sink.accept(batch)) {
            paused = true;
            if (sink.hasRoom()) {
                // It was drained before it could know that we wait.
                paused = false;
            }
        }
    }

    private void onFailure(KafkaException failure) {
        if (failure instanceof OffsetOutOfRangeException outOfRange) {
            skipToOldest(outOfRange.partitions());
        } else if (failure instanceof TopicAuthorizationException denied) {
            log.atWarn().addKeyValue("kafkaTopics", denied.unauthorizedTopics()).log("Kafka does not let us read");
            LockSupport.parkNanos(AFTER_ERROR_NANOS);
        } else {
            log.atWarn().setCause(failure).log("Reading from Kafka failed, trying on");
            LockSupport.parkNanos(AFTER_ERROR_NANOS);
        }
    }

    /** Retention has deleted what was to be read next: goes on from the oldest record, and counts what is missing. */
    private void skipToOldest(Set<TopicPartition> partitions) {
        try {
            consumer.beginningOffsets(partitions, OFFSETS_TIMEOUT).forEach((partition, oldest) -> {
                Long from = tails.get(partition);
                if (from == null) {
                    return;
                }
                long gap = Math.max(0, oldest - from);
                meters.gaps.increment((double) gap);
                log.atWarn()
                        .addKeyValue("kafkaTopic", partition.topic())
                        .addKeyValue("partition", partition.partition())
                        .addKeyValue("from", from)
                        .addKeyValue("oldest", oldest)
                        .log("Kafka does not hold the next records any more");
                consumer.seek(partition, oldest);
                tails.put(partition, oldest);
                sink.accept(new LogBatch(ours(partition), from, Math.max(from, oldest), gap, List.of()));
            });
        } catch (KafkaException failure) {
            log.atWarn().setCause(failure).log("Oldest offsets are not to be had yet");
            LockSupport.parkNanos(AFTER_ERROR_NANOS);
        }
    }

    static TopicPartition kafka(LogPartition partition) {
        return new TopicPartition(partition.topic(), partition.partition());
    }

    static LogPartition ours(TopicPartition partition) {
        return new LogPartition(partition.topic(), partition.partition());
    }
}
