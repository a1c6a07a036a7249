package io.sluice.kafka.egress;

import io.sluice.kafka.client.CorruptRecord;
import io.sluice.kafka.mapping.SkipReason;
import io.sluice.mqtt.port.LogBatch;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.PartitionGoneException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
import org.apache.kafka.common.errors.TopicAuthorizationException;
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
    /** Kafka logs each refusal as an error of its own. */
    static final Duration DENIED_PAUSE = Duration.ofSeconds(5);

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
    /** Topics that Kafka does not let us read, and when it is asked again; and who waits for them. */
    private final Map<String, Long> deniedUntil = new HashMap<>();

    private final Deque<ReadRequest> postponed = new ArrayDeque<>();
    private final int waitingMax;
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
        this.waitingMax = waitingMax;
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
                runOnce();
            } catch (InterruptedException interrupted) {
                // Nobody interrupts but who wants the end.
                closed = true;
            }
        }
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
    }

    /** Serves one request, and those who have waited for a topic that was denied. */
    void runOnce() throws InterruptedException {
        releaseDenied();
        ReadRequest request = requests.poll(POLL.toMillis(), TimeUnit.MILLISECONDS);
        if (request != null) {
            serve(request);
        }
    }

    private void serve(ReadRequest request) {
        if (request.isCancelled()) {
            return;
        }
        if (isDenied(request) && postponed.size() < waitingMax) {
            postponed.addLast(request);
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
                if (deniedUntil.remove(request.partition().topic()) != null) {
                    LOG.atInfo()
                            .addKeyValue("kafkaTopic", request.partition().topic())
                            .log("Kafka lets us read again for those who are behind");
                }
                request.complete(batch);
                return;
            }
        } catch (WakeupException end) {
            return;
        } catch (TopicAuthorizationException failure) {
            onDenied(request);
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

    /** Kafka does not let us read the topic, and logs each time that we try: that is to be seldom. */
    private void onDenied(ReadRequest request) {
        long now = nowNanos();
        String topic = request.partition().topic();
        (deniedUntil.put(topic, now + DENIED_PAUSE.toNanos()) == null ? LOG.atWarn() : LOG.atDebug())
                .addKeyValue("kafkaTopic", topic)
                .log("Kafka does not let us read for those who are behind, trying on");
        postponed.add(request);
        // The next poll would ask for it again.
        consumer.unsubscribe();
        assigned = null;
        forgetPosition();
    }

    private boolean isDenied(ReadRequest request) {
        Long until = deniedUntil.get(request.partition().topic());
        return until != null && nowNanos() - until < 0;
    }

    /** Those whose pause is over have their turn again, before the others. */
    private void releaseDenied() {
        for (int i = postponed.size(); i > 0; i--) {
            ReadRequest request = postponed.removeFirst();
            if (isDenied(request)) {
                postponed.addLast(request);
            } else {
                serve(request);
            }
        }
        if (postponed.isEmpty()) {
            deniedUntil.clear();
        }
    }

    private long nowNanos() {
        return meters.clock().monotonicTime();
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

    /** As much of the rows as was asked for and can be read; the rest is kept for who reads on. Null for none yet. */
    private @Nullable LogBatch batch(ReadRequest request, List<ConsumerRecord<byte[], byte[]>> rows, long to) {
        RecordMapper.MappedRows mapped = mapper.map(rows.subList(0, count(rows, request.bytesMax())));
        int count = mapped.rows();
        if (count == 0 && !rows.isEmpty()) {
            // It needs a schema that is not known yet.
            ahead = rows;
            aheadTo = to;
            LockSupport.parkNanos(this, POLL.toNanos());
            return null;
        }
        boolean isAll = count == rows.size();
        position = isAll ? to : rows.get(count).offset();
        ahead = isAll ? List.of() : rows.subList(count, rows.size());
        aheadTo = to;
        return new LogBatch(request.partition(), request.from(), position, 0, mapped.records());
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
        meters.onSkipped(SkipReason.CORRUPT);
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
