package io.sluice.kafka.egress;

import io.sluice.mqtt.port.LogBatch;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.PartitionGoneException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads stretches for those who are behind the tail, one request after the other. Confined to its own thread but for
 * {@link #offer} and {@link #close}. Keeps its place in a partition, so that who reads on costs no new seek.
 */
final class CatchUpReader implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(CatchUpReader.class);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration END_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration PAUSE_AFTER_ERROR = Duration.ofMillis(200);

    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final Predicate<LogPartition> isThere;
    private final RecordMapper mapper;
    private final EgressMeters meters;
    private final BlockingQueue<ReadRequest> requests;
    private final Thread thread;
    // Where the consumer stands.
    private Consumer<byte[], byte[]> consumer;
    private @Nullable LogPartition assigned;
    private long position;
    // What the consumer has given out beyond what was asked for, from position on.
    private List<ConsumerRecord<byte[], byte[]>> ahead = List.of();
    private long aheadTo;
    private boolean failing;
    private volatile boolean closed;

    CatchUpReader(
            int index,
            int waitingMax,
            Supplier<Consumer<byte[], byte[]>> consumers,
            Predicate<LogPartition> isThere,
            RecordMapper mapper,
            EgressMeters meters) {
        this.consumers = consumers;
        this.isThere = isThere;
        this.mapper = mapper;
        this.meters = meters;
        requests = new LinkedBlockingQueue<>(waitingMax);
        consumer = consumers.get();
        thread = new Thread(this, "reader-" + index);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Whether the request was taken. Any thread. */
    boolean offer(ReadRequest request) {
        return !closed && requests.offer(request);
    }

    @Override
    public void run() {
        while (!closed) {
            try {
                ReadRequest request = requests.poll(POLL.toMillis(), TimeUnit.MILLISECONDS);
                if (request != null) {
                    serve(request);
                }
            } catch (InterruptedException interrupted) {
                // Nobody interrupts but who wants the end.
                closed = true;
            }
        }
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
    }

    private void serve(ReadRequest request) {
        if (request.isCancelled()) {
            return;
        }
        if (!isThere.test(request.partition())) {
            request.fail(new PartitionGoneException(request.partition()));
            return;
        }
        try {
            LogBatch batch = read(request);
            if (batch != null) {
                failing = false;
                request.complete(batch);
                return;
            }
        } catch (WakeupException end) {
            return;
        } catch (KafkaException failure) {
            onKafkaFailed(failure);
        } catch (RuntimeException unexpected) {
            onUnexpected(unexpected);
        }
        // Behind the others, so that a partition in trouble does not hold up all.
        if (!requests.offer(request)) {
            request.fail(new IllegalStateException("catch-up: too many reads wait (expected: fewer than the limit)"));
        }
    }

    /** The stretch, or null to try again. */
    private @Nullable LogBatch read(ReadRequest request) {
        TopicPartition partition = new TopicPartition(
                request.partition().topic(), request.partition().partition());
        seek(request.partition(), partition, request.from());
        if (!ahead.isEmpty()) {
            return batch(request, ahead, aheadTo);
        }
        ConsumerRecords<byte[], byte[]> rows;
        try {
            rows = consumer.poll(POLL);
        } catch (OffsetOutOfRangeException failure) {
            return onOutOfRange(request, partition);
        } catch (KafkaException failure) {
            if (partition.equals(CorruptRecord.partition(failure).orElse(null))) {
                return skipCorrupt(request, partition, failure);
            }
            throw failure;
        }
        OffsetAndMetadata next = rows.nextOffsets().get(partition);
        if (next != null) {
            return batch(request, rows.records(partition), next.offset());
        }
        long end = consumer.endOffsets(List.of(partition), END_TIMEOUT).getOrDefault(partition, 0L);
        return end <= position ? empty(request, position, 0) : null;
    }

    private void seek(LogPartition wanted, TopicPartition partition, long from) {
        if (!wanted.equals(assigned)) {
            ahead = List.of();
            consumer.assign(List.of(partition));
            assigned = wanted;
            consumer.seek(partition, from);
        } else if (position != from) {
            ahead = List.of();
            consumer.seek(partition, from);
        }
        position = from;
    }

    /** As much of the rows as was asked for; the rest is kept for who reads on. */
    private LogBatch batch(ReadRequest request, List<ConsumerRecord<byte[], byte[]>> rows, long to) {
        int count = count(rows, request.bytesMax());
        boolean isAll = count == rows.size();
        position = isAll ? to : rows.get(count).offset();
        ahead = isAll ? List.of() : rows.subList(count, rows.size());
        aheadTo = to;
        return new LogBatch(request.partition(), request.from(), position, 0, mapper.map(rows.subList(0, count)));
    }

    private static int count(List<ConsumerRecord<byte[], byte[]>> rows, int bytesMax) {
        int bytes = 0;
        int count = 0;
        while (count < rows.size() && (bytes < bytesMax || count == 0)) {
            ConsumerRecord<byte[], byte[]> row = rows.get(count);
            bytes += Math.max(0, row.serializedValueSize()) + Math.max(0, row.serializedKeySize());
            count++;
        }
        return count;
    }

    private static LogBatch empty(ReadRequest request, long to, long gap) {
        return new LogBatch(request.partition(), request.from(), to, gap, List.of());
    }

    private LogBatch onOutOfRange(ReadRequest request, TopicPartition partition) {
        forgetPosition();
        long beginning =
                consumer.beginningOffsets(List.of(partition), END_TIMEOUT).getOrDefault(partition, 0L);
        if (beginning > request.from()) {
            return empty(request, beginning, beginning - request.from());
        }
        // Beyond the end: nothing there yet, or Kafka has lost it.
        return empty(request, request.from(), 0);
    }

    private void onKafkaFailed(KafkaException failure) {
        (failing ? LOG.atDebug() : LOG.atWarn())
                .addKeyValue("cause", failure.toString())
                .log("Kafka cannot be read, trying on");
        failing = true;
        forgetPosition();
        LockSupport.parkNanos(this, PAUSE_AFTER_ERROR.toNanos());
    }

    private LogBatch skipCorrupt(ReadRequest request, TopicPartition partition, KafkaException failure) {
        long corrupt = consumer.position(partition);
        LOG.atError()
                .setCause(failure)
                .addKeyValue("partition", partition)
                .addKeyValue("offset", corrupt)
                .log("A record in Kafka is corrupt, passed over");
        meters.onSkipped();
        position = corrupt + 1;
        consumer.seek(partition, position);
        return empty(request, position, 0);
    }

    private void forgetPosition() {
        position = -1;
        ahead = List.of();
    }

    private void onUnexpected(RuntimeException unexpected) {
        meters.onBug();
        LOG.atError().setCause(unexpected).log("A reader failed, going on with a new consumer");
        LockSupport.parkNanos(this, PAUSE_AFTER_ERROR.toNanos());
        assigned = null;
        forgetPosition();
        try {
            Consumer<byte[], byte[]> next = consumers.get();
            consumer.close(CloseOptions.timeout(Duration.ZERO));
            consumer = next;
        } catch (RuntimeException failure) {
            LOG.atError().setCause(failure).log("A consumer could not be replaced");
        }
    }

    /** Ends the thread; returns before it has ended. Any thread. */
    void close() {
        closed = true;
        consumer.wakeup();
    }

    /** One wanted stretch. Safe for all threads. */
    interface ReadRequest {
        LogPartition partition();

        long from();

        int bytesMax();

        boolean isCancelled();

        void complete(LogBatch batch);

        void fail(Throwable failure);
    }
}
