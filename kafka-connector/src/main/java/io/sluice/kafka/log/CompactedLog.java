package io.sluice.kafka.log;

import io.sluice.kafka.client.CorruptRecord;
import io.sluice.kafka.client.KafkaSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A compacted topic as the log of a table: what is appended by any instance is replayed by all, in the order of each
 * partition, and nothing changes the table but replaying. {@link #append} and {@link #sync} are safe for all threads;
 * records are replayed on the log's own thread.
 */
public final class CompactedLog implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CompactedLog.class);
    private static final Duration PAUSE_AFTER_ERROR = Duration.ofMillis(500);
    private static final Duration METADATA_PAUSE = Duration.ofMillis(10);
    private static final Duration LINGER = Duration.ofMillis(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final String topic;
    private final int partitions;
    private final Consumer<StateRecord> replay;
    private final Unreadable unreadable;
    private final Duration pollMax;
    private final StateProducer producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Admin admin;
    private final Thread thread;
    // Of each partition the next offset to replay.
    private final AtomicLongArray positions;
    private final AtomicLong replayedRecords = new AtomicLong();
    private final Waiters waiters;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private volatile Runnable afterPoll = () -> {};
    /** The question for the log's end that is under way, and the one that follows it; without a lock, as loops ask. */
    private final AtomicReference<@Nullable Asked> syncing = new AtomicReference<>();

    private volatile boolean closed;

    private record Asked(
            CompletableFuture<Void> running, @Nullable CompletableFuture<Void> next) {}

    /**
     * The log of a topic that is there.
     *
     * @param role ends the client ids
     * @param replay told every record, in the order of each partition, on the log's thread
     * @param unreadable told of those that are none
     */
    public CompactedLog(
            KafkaSettings kafka,
            StateTopic topic,
            String role,
            StateSettings settings,
            Admin admin,
            Consumer<StateRecord> replay,
            Unreadable unreadable) {
        this.topic = topic.name();
        this.partitions = topic.partitions();
        this.replay = replay;
        this.unreadable = unreadable;
        this.pollMax = settings.pollMax();
        this.admin = admin;
        positions = new AtomicLongArray(partitions);
        waiters = new Waiters(this.topic, positions);
        Map<String, Object> producing = kafka.producer(role, 0);
        // Whoever waits for a record of state waits for this; clients that come at once share requests by it.
        producing.put("linger.ms", Long.toString(LINGER.toMillis()));
        producing.put("metadata.max.idle.ms", Long.toString(Long.MAX_VALUE / 2));
        producer = new StateProducer(
                () -> new KafkaProducer<>(producing, new ByteArraySerializer(), new ByteArraySerializer()));
        consumer = new KafkaConsumer<>(
                kafka.consumer(role, Map.of("fetch.max.wait.ms", "100")),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        thread = new Thread(this::run, role);
        thread.setDaemon(true);
    }

    public int partitions() {
        return partitions;
    }

    /** The Kafka topic's name. */
    public String topic() {
        return topic;
    }

    /** Records that were replayed since the start. */
    public long replayedRecords() {
        return replayedRecords.get();
    }

    /**
     * Starts to replay from the beginning.
     *
     * @return completes when all that was there is replayed
     */
    public CompletionStage<Void> start() {
        awaitMetadata();
        thread.start();
        // What a dead instance has left open is not waited for: whoever fences it must have started.
        return surely(() -> {
            CompletableFuture<Void> done = new CompletableFuture<>();
            ends(IsolationLevel.READ_COMMITTED).whenComplete((found, failure) -> {
                if (failure != null) {
                    done.completeExceptionally(failure);
                } else {
                    awaitAll(found, done);
                }
            });
            return done;
        });
    }

    /** The producer must know the topic before the first append, which does not wait. */
    private void awaitMetadata() {
        while (true) {
            try {
                producer.partitionsFor(topic);
                return;
            } catch (TimeoutException notYet) {
                LockSupport.parkNanos(this, METADATA_PAUSE.toNanos());
            }
        }
    }

    // ---- appending ------------------------------------------------------------------------------------------------

    /**
     * Appends a record.
     *
     * @return completes with its offset when all replicas have it and it is replayed here; on any thread
     */
    public CompletionStage<Long> append(int partition, byte[] key, byte @Nullable [] value, List<Header> headers) {
        CompletableFuture<Long> done = new CompletableFuture<>();
        send(
                new ProducerRecord<>(topic, partition, null, key, value, headers),
                done,
                offset -> waiters.await(partition, offset + 1, done, () -> done.complete(offset)));
        return done;
    }

    /**
     * Appends a record.
     *
     * @return completes with its offset when all replicas have it, perhaps before it is replayed here; on any thread
     */
    public CompletionStage<Long> write(int partition, byte[] key, byte @Nullable [] value, List<Header> headers) {
        CompletableFuture<Long> done = new CompletableFuture<>();
        send(new ProducerRecord<>(topic, partition, null, key, value, headers), done, done::complete);
        return done;
    }

    private void send(ProducerRecord<byte[], byte[]> row, CompletableFuture<Long> done, LongConsumer onWritten) {
        producer.send(row, (metadata, failure) -> {
            if (failure != null) {
                done.completeExceptionally(failure);
            } else {
                onWritten.accept(metadata.offset());
            }
        });
    }

    /** Runs the task on the log's thread, soon. */
    public void execute(Runnable task) {
        tasks.add(task);
    }

    /** Runs the task on the log's thread after each look for new records. Once, before the start. */
    public void afterPoll(Runnable task) {
        afterPoll = task;
    }

    /**
     * Waits until everything is replayed that any instance had appended, and been told so, before this call: so, what
     * stands in a transaction that is still open is waited for as well, as it may have been committed and not be
     * marked yet. Calls at the same time share one question to Kafka; one that is cancelled does not end the others'.
     */
    public CompletionStage<Void> sync() {
        while (true) {
            Asked asked = syncing.get();
            if (asked == null) {
                Asked first = new Asked(new CompletableFuture<>(), null);
                if (syncing.compareAndSet(null, first)) {
                    ask(first.running);
                    return first.running.copy();
                }
            } else if (asked.next != null) {
                return asked.next.copy();
            } else {
                // The question that runs may have been answered already: the next one is meant.
                CompletableFuture<Void> next = new CompletableFuture<>();
                if (syncing.compareAndSet(asked, new Asked(asked.running, next))) {
                    return next.copy();
                }
            }
        }
    }

    /** The same, however long Kafka is away; fails only when the log is closed. */
    public CompletionStage<Void> syncSurely() {
        return surely(this::sync);
    }

    private CompletionStage<Void> surely(Supplier<CompletionStage<Void>> question) {
        return question.get().exceptionallyCompose(failure -> {
            if (closed) {
                return CompletableFuture.failedFuture(failure);
            }
            LOG.atDebug()
                    .addKeyValue("kafkaTopic", topic)
                    .addKeyValue("cause", failure.toString())
                    .log("The end of the state cannot be read, trying on");
            CompletableFuture<Void> again = new CompletableFuture<>();
            // On the log's thread, after its next look for records: not at once.
            execute(() -> surely(question).whenComplete((done, closing) -> {
                if (closing == null) {
                    again.complete(null);
                } else {
                    again.completeExceptionally(closing);
                }
            }));
            return again;
        });
    }

    private void ask(CompletableFuture<Void> done) {
        ends(IsolationLevel.READ_UNCOMMITTED).whenComplete((found, failure) -> {
            askNext();
            if (failure != null) {
                done.completeExceptionally(failure);
            } else {
                awaitAll(found, done);
            }
        });
    }

    private CompletionStage<Map<TopicPartition, ListOffsetsResultInfo>> ends(IsolationLevel isolation) {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            ends.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        return admin.listOffsets(ends, new ListOffsetsOptions(isolation)).all().toCompletionStage();
    }

    private void askNext() {
        while (true) {
            Asked asked = syncing.get();
            if (asked == null) {
                throw new IllegalStateException("state log " + topic + ": an answer without a question");
            }
            CompletableFuture<Void> next = asked.next;
            if (syncing.compareAndSet(asked, next == null ? null : new Asked(next, null))) {
                if (next != null) {
                    ask(next);
                }
                return;
            }
        }
    }

    private void awaitAll(Map<TopicPartition, ListOffsetsResultInfo> ends, CompletableFuture<Void> done) {
        List<CompletableFuture<Void>> each = new ArrayList<>();
        ends.forEach((partition, end) -> {
            if (positions.get(partition.partition()) < end.offset()) {
                CompletableFuture<Void> one = new CompletableFuture<>();
                each.add(one);
                waiters.await(partition.partition(), end.offset(), one, () -> one.complete(null));
            }
        });
        CompletableFuture.allOf(each.toArray(CompletableFuture<?>[]::new)).whenComplete((all, failure) -> {
            if (failure == null) {
                done.complete(null);
            } else {
                done.completeExceptionally(failure);
            }
        });
    }

    // ---- replaying ------------------------------------------------------------------------------------------------

    private void run() {
        List<TopicPartition> all = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            all.add(new TopicPartition(topic, partition));
        }
        consumer.assign(all);
        consumer.seekToBeginning(all);
        while (!closed) {
            try {
                poll(all);
            } catch (WakeupException end) {
                LOG.atTrace().log("State reader woken");
            } catch (OffsetOutOfRangeException gone) {
                onGone(gone);
            } catch (KafkaException failure) {
                onFailed(failure);
                afterPoll.run();
            }
        }
        waiters.end();
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
    }

    private void onFailed(KafkaException failure) {
        TopicPartition partition = CorruptRecord.partition(failure).orElse(null);
        if (partition != null) {
            long corrupt = consumer.position(partition);
            unreadable.add(partition.partition(), corrupt, failure);
            consumer.seek(partition, corrupt + 1);
            positions.set(partition.partition(), corrupt + 1);
            return;
        }
        LOG.atWarn()
                .addKeyValue("kafkaTopic", topic)
                .addKeyValue("cause", failure.toString())
                .log("State cannot be read, trying on");
        LockSupport.parkNanos(this, PAUSE_AFTER_ERROR.toNanos());
    }

    private void poll(List<TopicPartition> all) {
        ConsumerRecords<byte[], byte[]> rows = consumer.poll(pollMax);
        for (ConsumerRecord<byte[], byte[]> row : rows) {
            replay(row);
        }
        // Before anything that can fail: what is replayed is not fetched again, and who waits for it must be told.
        rows.nextOffsets().forEach((partition, next) -> positions.set(partition.partition(), next.offset()));
        all.forEach(this::findBeginning);
        producer.retry();
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
        afterPoll.run();
        waiters.serve();
    }

    /** Where all is compacted away the log begins at its end: as soon as Kafka has said where that is. */
    private void findBeginning(TopicPartition partition) {
        if (positions.get(partition.partition()) == 0) {
            try {
                positions.set(partition.partition(), consumer.position(partition, Duration.ZERO));
            } catch (TimeoutException notYet) {
                LOG.atTrace().addKeyValue("partition", partition).log("Where the log begins is not known yet");
            }
        }
    }

    private void replay(ConsumerRecord<byte[], byte[]> row) {
        byte[] key = row.key();
        replayedRecords.incrementAndGet();
        if (key == null) {
            unreadable.add(row.partition(), row.offset(), new IOException("key: none"));
            return;
        }
        try {
            replay.accept(
                    new StateRecord(row.partition(), row.offset(), row.timestamp(), key, row.value(), row.headers()));
        } catch (RuntimeException bug) {
            // Whatever somebody has written: the others' state is to be read.
            unreadable.add(row.partition(), row.offset(), bug);
        }
    }

    /** What was not read is gone, with its tombstones: only from the beginning is the table right again. */
    private void onGone(OffsetOutOfRangeException gone) {
        LOG.atError()
                .addKeyValue("kafkaTopic", topic)
                .addKeyValue("partitions", gone.offsetOutOfRangePartitions())
                .log("State was deleted before it was read, reading from the beginning");
        consumer.seekToBeginning(gone.offsetOutOfRangePartitions().keySet());
    }

    @Override
    public void close() {
        producer.close(CLOSE_TIMEOUT);
        closed = true;
        consumer.wakeup();
        waiters.close();
    }
}
