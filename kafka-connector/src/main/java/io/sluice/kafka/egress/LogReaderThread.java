package io.sluice.kafka.egress;

import io.sluice.mqtt.port.LogBatch;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.LogRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.MonoSink;

/**
 * Reads stretches of partitions for those who are behind the tail, one request after the other. One thread with one
 * consumer. Its queue is bounded by its users: each lagging session has one request at a time.
 */
final class LogReaderThread extends Thread {

    private static final class Request {
        final TopicPartition partition;
        final long from;
        final MonoSink<LogBatch> sink;
        volatile boolean cancelled;

        Request(TopicPartition partition, long from, MonoSink<LogBatch> sink) {
            this.partition = partition;
            this.from = from;
            this.sink = sink;
        }
    }

    private static final Logger log = LoggerFactory.getLogger(LogReaderThread.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration OFFSETS_TIMEOUT = Duration.ofSeconds(5);
    private static final long AFTER_ERROR_NANOS = Duration.ofMillis(500).toNanos();

    private final Consumer<byte[], byte[]> consumer;
    private final RecordReader reader;
    private final EgressMeters meters;
    private final BlockingQueue<Request> queue = new LinkedBlockingQueue<>();
    private volatile boolean closed;

    // confined to the thread
    private @Nullable TopicPartition assigned;
    private long position;
    private long gap;

    LogReaderThread(int number, Consumer<byte[], byte[]> consumer, RecordReader reader, EgressMeters meters) {
        super("reader-" + number);
        setDaemon(true);
        this.consumer = consumer;
        this.reader = reader;
        this.meters = meters;
    }

    /** Reads from the offset on, and tells the sink. Any thread. */
    void read(LogPartition partition, long from, MonoSink<LogBatch> sink) {
        Request request = new Request(TailThread.kafka(partition), from, sink);
        sink.onDispose(() -> request.cancelled = true);
        queue.add(request);
    }

    void close() {
        closed = true;
        consumer.wakeup();
        interrupt();
    }

    @Override
    public void run() {
        try {
            while (!closed) {
                Request request = queue.poll(1, TimeUnit.SECONDS);
                if (request != null) {
                    carryOut(request);
                }
            }
        } catch (InterruptedException | WakeupException ended) {
            log.atDebug().log("Reader ends");
        } finally {
            // Closing sends nothing: there is no group. An interrupt would only disturb it.
            Thread.interrupted();
            consumer.close();
        }
    }

    private void carryOut(Request request) {
        while (!closed && !request.cancelled) {
            try {
                LogBatch batch = readOnce(request);
                if (batch != null) {
                    request.sink.success(batch);
                    return;
                }
            } catch (WakeupException woken) {
                throw woken;
            } catch (OffsetOutOfRangeException outOfRange) {
                skipToOldest(request);
            } catch (KafkaException failure) {
                log.atWarn()
                        .addKeyValue("kafkaTopic", request.partition.topic())
                        .setCause(failure)
                        .log("Reading from Kafka failed, trying on");
                assigned = null;
                LockSupport.parkNanos(AFTER_ERROR_NANOS);
            } catch (RuntimeException | AssertionError bug) {
                meters.bugs.increment();
                log.atError().setCause(bug).log("Reader failed, it goes on");
                assigned = null;
                request.sink.error(bug);
                return;
            }
        }
    }

    /** Reads until there is something, or nothing more to come: null while neither is known. */
    private @Nullable LogBatch readOnce(Request request) {
        TopicPartition partition = request.partition;
        if (!partition.equals(assigned) || position != request.from + gap) {
            seek(partition, request.from);
        }
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        meters.readRecords.increment(records.count());
        long to = consumer.position(partition, OFFSETS_TIMEOUT);
        if (records.isEmpty() && to == position && !isAtEnd(partition, to)) {
            return null;
        }
        position = to;
        List<LogRecord> read = reader.read(records.records(partition));
        LogBatch batch = new LogBatch(TailThread.ours(partition), request.from, Math.max(to, request.from), gap, read);
        gap = 0;
        return batch;
    }

    private boolean isAtEnd(TopicPartition partition, long to) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(Set.of(partition), OFFSETS_TIMEOUT);
        return to >= ends.getOrDefault(partition, Long.MAX_VALUE);
    }

    private void seek(TopicPartition partition, long offset) {
        consumer.assign(Set.of(partition));
        consumer.seek(partition, offset);
        assigned = partition;
        position = offset;
        gap = 0;
    }

    private void skipToOldest(Request request) {
        try {
            long oldest = consumer.beginningOffsets(Set.of(request.partition), OFFSETS_TIMEOUT)
                    .getOrDefault(request.partition, request.from);
            // Beyond the end (the log was cut short) there is nothing: from the oldest on is then everything.
            seek(request.partition, oldest);
            gap = Math.max(0, oldest - request.from);
            log.atWarn()
                    .addKeyValue("kafkaTopic", request.partition.topic())
                    .addKeyValue("partition", request.partition.partition())
                    .addKeyValue("from", request.from)
                    .addKeyValue("oldest", oldest)
                    .log("Kafka does not hold the next records any more");
        } catch (KafkaException failure) {
            log.atWarn().setCause(failure).log("Oldest offset is not to be had yet");
            LockSupport.parkNanos(AFTER_ERROR_NANOS);
        }
    }
}
