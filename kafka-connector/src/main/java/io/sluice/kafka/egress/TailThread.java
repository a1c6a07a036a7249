package io.sluice.kafka.egress;

import io.sluice.kafka.client.CorruptRecord;
import io.sluice.kafka.mapping.SkipReason;
import io.sluice.mqtt.port.LogBatch;
import io.sluice.mqtt.port.LogRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the partitions in demand, each once, and hands them to the sink. Everything but {@link #post}, {@link #resume},
 * {@link #close} and the gauges is confined to its own thread.
 *
 * <p>Partitions are assigned, without a group; read_committed. The positions are kept here too, so that the consumer
 * can be thrown away after an error that nobody expected.
 */
final class TailThread implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(TailThread.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration PAUSE_AFTER_ERROR = Duration.ofMillis(500);
    private static final long SUSPENSION_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long HELD_NANOS = Duration.ofMillis(200).toNanos();
    private static final long LAG_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

    private final TailSurroundings around;
    private final ReadPlan plan;
    private final Thread thread;
    private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
    // What is read.
    private volatile Consumer<byte[], byte[]> consumer;
    private final StartOffsets startOffsets;
    private final Map<TopicPartition, Tailed> tailed = new HashMap<>();
    private final Set<TopicPartition> assigned = new HashSet<>();
    private final Map<String, Long> suspended = new HashMap<>();
    /** Topics that Kafka does not let us read, and when it said so last. */
    private final Map<String, Long> denied = new HashMap<>();

    private boolean assignmentChanged;
    // Opens whose starting offsets are not known yet.
    private final Map<OpenRequest, StartOffsets.Wanted> opening = new LinkedHashMap<>();
    /** In demand, and Kafka does not tell where they end: read from the end that it tells of first. */
    private final Set<TopicPartition> startless = new HashSet<>();

    private final StartOffsets.Wanted starts = new StartOffsets.Wanted(true);
    // Backpressure: the sink is full until the number of resumes is another.
    private long resumesAtFull = -1;
    private final AtomicLong resumes = new AtomicLong();
    // Seen by other threads.
    private volatile boolean inPoll;
    private volatile boolean closed;
    private volatile int partitionsRead;
    private volatile int topicsDenied;
    private volatile double lagRecords;
    private volatile double lagSeconds;
    private long lagSeenNanos;

    TailThread(int index, int tails, TailSurroundings around) {
        this.around = around;
        plan = new ReadPlan(around.rules().get(), partition -> Math.floorMod(partition.hashCode(), tails) == index);
        consumer = around.consumers().get();
        startOffsets = new StartOffsets(around.lastStableOffsets(), () -> post(() -> startOffsetsCame()));
        thread = new Thread(this, "tail-" + index);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Begins the demand of a subscriber. Any thread. */
    void open(OpenRequest request) {
        post(() -> {
            plan.add(request.filter(), request.held());
            opening.put(request, new StartOffsets.Wanted(false));
        });
    }

    /** Ends it. Any thread, after {@link #open}. */
    void close(OpenRequest request) {
        post(() -> {
            opening.remove(request);
            plan.remove(request.filter(), request.held());
            List.copyOf(tailed.keySet()).stream()
                    .filter(partition -> !plan.isDemanded(partition))
                    .forEach(this::untail);
        });
    }

    /** Kafka's topics have changed. Any thread. */
    void onTopicsChanged() {
        post(() -> {});
    }

    /** The rules have changed, or the time of earlier ones has ended. Any thread. */
    void onRulesChanged() {
        post(() -> assignmentChanged = true);
    }

    /** The sink has room again. Any thread. */
    void resume() {
        resumes.incrementAndGet();
        LockSupport.unpark(thread);
    }

    private void post(Runnable command) {
        commands.add(command);
        if (inPoll) {
            consumer.wakeup();
        }
        LockSupport.unpark(thread);
    }

    @Override
    public void run() {
        while (!closed) {
            try {
                runOnce(now());
            } catch (WakeupException commandCame) {
                LOG.atTrace().log("Tail woken");
            } catch (RuntimeException unexpected) {
                onUnexpected(unexpected);
            }
        }
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
    }

    private long now() {
        return around.meters().clock().monotonicTime();
    }

    /** One round: commands, topics, starts, one poll. */
    void runOnce(long nowNanos) {
        for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
            command.run();
        }
        updateTopics();
        if (!startless.isEmpty()) {
            tailStartless();
        }
        if (!opening.isEmpty() || !startless.isEmpty()) {
            startOpening(nowNanos);
        }
        endSuspensions(nowNanos);
        if (assignmentChanged) {
            assign();
        }
        if (resumesAtFull == resumes.get() || assigned.isEmpty()) {
            if (commands.isEmpty()) {
                LockSupport.parkNanos(this, POLL.toNanos());
            }
            return;
        }
        resumesAtFull = -1;
        poll(nowNanos);
        updateLag(nowNanos);
    }

    private void updateTopics() {
        ReadRules rules = around.rules().get();
        if (!plan.hasRules(rules)) {
            take(plan.update(rules));
        }
        var topics = around.directory().topics();
        if (!plan.isCurrent(topics)) {
            take(plan.update(topics));
        }
    }

    private void take(ReadPlan.Changes changes) {
        changes.gone().forEach(this::untail);
        for (TopicPartition partition : changes.appeared()) {
            // From its first record: whoever is subscribed was so before it was there, or before a key's records were,
            // or before a rule has named it, by which another instance may have written already.
            tail(partition, 0);
        }
    }

    private void tail(TopicPartition partition, long offset) {
        if (tailed.putIfAbsent(partition, new Tailed(partition, plan.topicId(partition.topic()), offset)) == null) {
            assignmentChanged = true;
        }
    }

    private void untail(TopicPartition partition) {
        if (tailed.remove(partition) != null) {
            if (denied.remove(partition.topic()) != null) {
                topicsDenied = denied.size();
            }
            // Should it come back before the next assignment, it starts where it is told to.
            assigned.remove(partition);
            assignmentChanged = true;
        }
    }

    private void startOpening(long nowNanos) {
        Map<StartOffsets.Wanted, Set<TopicPartition>> wanted = new LinkedHashMap<>();
        List<OpenRequest> opened = new ArrayList<>();
        opening.forEach((request, offsets) -> {
            Set<TopicPartition> partitions = plan.partitions(request.filter(), request.held());
            if (offsets.offsets().keySet().containsAll(partitions)) {
                open(request, partitions, offsets.offsets());
                opened.add(request);
            } else {
                wanted.put(offsets, partitions);
            }
        });
        opened.forEach(opening::remove);
        if (!startless.isEmpty()) {
            wanted.put(starts, startless);
        }
        startOffsets.ask(wanted, nowNanos);
    }

    /** Who subscribed was not kept waiting for these, and gets what comes from now on. */
    private void tailStartless() {
        for (TopicPartition partition : List.copyOf(startless)) {
            Long stable = starts.offsets().get(partition);
            boolean isWanted = !tailed.containsKey(partition) && plan.isDemanded(partition);
            if (isWanted) {
                if (stable == null) {
                    continue;
                }
                tail(partition, stable);
            }
            onRead(partition.topic());
            startless.remove(partition);
            starts.forget(partition);
        }
    }

    private void startOffsetsCame() {
        startOffsets.takeAnswers(now());
    }

    /** Tells the request's starting offsets, which are all known. */
    private void open(OpenRequest request, Set<TopicPartition> partitions, Map<TopicPartition, Long> offsets) {
        for (TopicPartition partition : partitions) {
            long stable = offsets.getOrDefault(partition, 0L);
            if (stable == StartOffsets.DENIED && !tailed.containsKey(partition)) {
                onDeniedTopic(partition.topic(), now());
                startless.add(partition);
                continue;
            }
            tail(partition, stable);
            Tailed reading = tailed.get(partition);
            if (reading != null) {
                // The tail may be further already, by now or because a new leader knows less for a moment.
                request.listener().onStart(reading.partition(), Math.max(stable, reading.next()));
            }
        }
        request.onTailOpened();
    }

    private void endSuspensions(long nowNanos) {
        assignmentChanged |= suspended.values().removeIf(until -> nowNanos - until >= 0);
        // Of a topic without records no other sign comes than that nobody complains.
        List.copyOf(denied.keySet()).stream()
                .filter(topic -> nowNanos - denied.getOrDefault(topic, nowNanos) > 2 * SUSPENSION_NANOS)
                .filter(topic -> startless.stream()
                        .noneMatch(partition -> partition.topic().equals(topic)))
                .forEach(this::onRead);
    }

    private void assign() {
        Set<TopicPartition> wanted = new HashSet<>();
        tailed.forEach((partition, reading) -> {
            if (!suspended.containsKey(partition.topic()) && !plan.isOver(partition, reading.next())) {
                wanted.add(partition);
            }
        });
        consumer.assign(wanted);
        for (TopicPartition partition : wanted) {
            Tailed reading = tailed.get(partition);
            if (reading != null && !assigned.contains(partition)) {
                consumer.seek(partition, reading.next());
            }
        }
        assigned.clear();
        assigned.addAll(wanted);
        partitionsRead = wanted.size();
        assignmentChanged = false;
    }

    private void poll(long nowNanos) {
        ConsumerRecords<byte[], byte[]> rows;
        inPoll = true;
        try {
            rows = consumer.poll(commands.isEmpty() ? POLL : Duration.ZERO);
        } catch (OffsetOutOfRangeException failure) {
            failure.offsetOutOfRangePartitions().forEach(this::onOutOfRange);
            return;
        } catch (TopicAuthorizationException failure) {
            failure.unauthorizedTopics().forEach(topic -> onDenied(topic, nowNanos));
            return;
        } catch (WakeupException commandCame) {
            return;
        } catch (KafkaException failure) {
            onPollFailed(failure);
            return;
        } finally {
            inPoll = false;
        }
        handOver(rows);
    }

    private void onDenied(String kafkaTopic, long nowNanos) {
        onDeniedTopic(kafkaTopic, nowNanos);
        suspended.put(kafkaTopic, nowNanos + SUSPENSION_NANOS);
        assignmentChanged = true;
    }

    private void onDeniedTopic(String kafkaTopic, long nowNanos) {
        (denied.put(kafkaTopic, nowNanos) == null ? LOG.atWarn() : LOG.atDebug())
                .addKeyValue("kafkaTopic", kafkaTopic)
                .log("Kafka does not let us read, trying on");
        topicsDenied = denied.size();
    }

    private void onRead(String kafkaTopic) {
        if (denied.remove(kafkaTopic) != null) {
            topicsDenied = denied.size();
            LOG.atInfo().addKeyValue("kafkaTopic", kafkaTopic).log("Kafka lets us read again");
        }
    }

    private void handOver(ConsumerRecords<byte[], byte[]> rows) {
        long resumesBefore = resumes.get();
        boolean isFull = false;
        for (Map.Entry<TopicPartition, OffsetAndMetadata> moved :
                rows.nextOffsets().entrySet()) {
            Tailed reading = tailed.get(moved.getKey());
            if (reading == null) {
                continue;
            }
            onRead(moved.getKey().topic());
            List<ConsumerRecord<byte[], byte[]>> fetched = rows.records(moved.getKey());
            if (!fetched.isEmpty()) {
                reading.onRecord(fetched.get(fetched.size() - 1).timestamp());
            }
            // One after the other into the sink, so that not all partitions' messages exist twice at once.
            RecordMapper.MappedRows mapped = around.mapper().map(fetched);
            boolean isAll = mapped.rows() == fetched.size();
            long to = isAll
                    ? moved.getValue().offset()
                    : fetched.get(mapped.rows()).offset();
            isFull |= to > reading.next() && !handOver(reading, to, 0, mapped.records());
            if (!isAll) {
                hold(moved.getKey().topic());
            }
            assignmentChanged |= plan.isOver(moved.getKey(), reading.next());
        }
        if (isFull && !around.sink().hasRoom()) {
            resumesAtFull = resumesBefore;
        }
    }

    /** A record needs a schema that is not known yet: the topic is read again from there in a moment. */
    private void hold(String kafkaTopic) {
        suspended.put(kafkaTopic, now() + HELD_NANOS);
        assignmentChanged = true;
    }

    private void handOverEmpty(Tailed reading, long to, long gap) {
        long resumesBefore = resumes.get();
        if (!handOver(reading, to, gap, List.of()) && !around.sink().hasRoom()) {
            resumesAtFull = resumesBefore;
        }
    }

    /** Whether the sink takes more. */
    private boolean handOver(Tailed reading, long to, long gap, List<LogRecord> records) {
        long from = reading.next();
        reading.advance(to);
        try {
            return around.sink().accept(new LogBatch(reading.partition(), from, to, gap, records));
        } catch (RuntimeException bug) {
            around.meters().onBug();
            LOG.atError()
                    .setCause(bug)
                    .addKeyValue("partition", reading.partition())
                    .log("The sink failed on a batch");
            return true;
        }
    }

    private void onOutOfRange(TopicPartition partition, long requested) {
        Tailed reading = tailed.get(partition);
        if (reading == null) {
            return;
        }
        long beginning = consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
        if (requested < beginning) {
            LOG.atWarn()
                    .addKeyValue("partition", partition)
                    .addKeyValue("offset", requested)
                    .addKeyValue("beginning", beginning)
                    .log("Retention has deleted records before they were read");
            consumer.seek(partition, beginning);
            handOverEmpty(reading, beginning, beginning - requested);
            return;
        }
        long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        if (end >= requested) {
            return;
        }
        LOG.atError()
                .addKeyValue("partition", partition)
                .addKeyValue("offset", requested)
                .addKeyValue("end", end)
                .log("The log is shorter than what was read from it: Kafka has lost records");
        reading.advance(end);
        consumer.seek(partition, end);
    }

    private void onPollFailed(KafkaException failure) {
        TopicPartition partition = CorruptRecord.partition(failure).orElse(null);
        Tailed reading = partition == null ? null : tailed.get(partition);
        if (partition == null || reading == null) {
            LOG.atWarn().addKeyValue("cause", failure.toString()).log("Kafka cannot be read, trying on");
            LockSupport.parkNanos(this, PAUSE_AFTER_ERROR.toNanos());
            return;
        }
        long corrupt = consumer.position(partition);
        LOG.atError()
                .setCause(failure)
                .addKeyValue("partition", partition)
                .addKeyValue("offset", corrupt)
                .log("A record in Kafka is corrupt, passed over");
        around.meters().onSkipped(SkipReason.CORRUPT);
        consumer.seek(partition, corrupt + 1);
        handOverEmpty(reading, corrupt + 1, 0);
    }

    private void onUnexpected(RuntimeException unexpected) {
        around.meters().onBug();
        LOG.atError().setCause(unexpected).log("A tail failed, going on with a new consumer");
        LockSupport.parkNanos(this, PAUSE_AFTER_ERROR.toNanos());
        try {
            Consumer<byte[], byte[]> next = around.consumers().get();
            consumer.close(CloseOptions.timeout(Duration.ZERO));
            consumer = next;
        } catch (RuntimeException failure) {
            LOG.atError().setCause(failure).log("A consumer could not be replaced");
        }
        assigned.clear();
        assignmentChanged = true;
    }

    private void updateLag(long nowNanos) {
        if (nowNanos - lagSeenNanos < LAG_INTERVAL_NANOS) {
            return;
        }
        lagSeenNanos = nowNanos;
        long nowMillis = around.meters().clock().wallTime();
        long records = 0;
        long millis = 0;
        for (TopicPartition partition : assigned) {
            OptionalLong lag = consumer.currentLag(partition);
            Tailed reading = tailed.get(partition);
            if (lag.orElse(0) > 0 && reading != null) {
                records = Math.max(records, lag.getAsLong());
                if (reading.lastTimestampMillis() > 0) {
                    millis = Math.max(millis, nowMillis - reading.lastTimestampMillis());
                }
            }
        }
        lagRecords = records;
        lagSeconds = millis / 1e3;
    }

    int partitions() {
        return partitionsRead;
    }

    /** Topics that Kafka does not let us read. */
    int topicsDenied() {
        return topicsDenied;
    }

    double lagRecords() {
        return lagRecords;
    }

    double lagSeconds() {
        return lagSeconds;
    }

    /** Ends the thread; returns before it has ended. Any thread. */
    void close() {
        closed = true;
        post(() -> {});
    }
}
