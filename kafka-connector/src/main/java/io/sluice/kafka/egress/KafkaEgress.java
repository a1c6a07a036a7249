package io.sluice.kafka.egress;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.kafka.client.KafkaSettings;
import io.sluice.kafka.egress.CatchUpReader.ReadRequest;
import io.sluice.kafka.format.RuleFormats;
import io.sluice.kafka.mapping.RuleSet;
import io.sluice.kafka.mapping.TopicDemand;
import io.sluice.kafka.topic.KafkaFailure;
import io.sluice.kafka.topic.KnownTopic;
import io.sluice.kafka.topic.TopicDirectory;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.port.DeliverySink;
import io.sluice.mqtt.port.Egress;
import io.sluice.mqtt.port.LogBatch;
import io.sluice.mqtt.port.LogPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Messages from Kafka for subscribers. Safe for all threads after {@link #start}: requests go to the tails and readers
 * through their queues.
 */
public final class KafkaEgress implements Egress, AutoCloseable {

    /** A fetch that waits for records holds up partitions that come into demand meanwhile, so it must be short. */
    private static final Map<String, String> TAIL = Map.of("fetch.max.wait.ms", "100");

    /** Who catches up reads what is there; what is fetched ahead is thrown away when another partition follows. */
    private static final Map<String, String> READER = Map.of(
            "fetch.max.wait.ms",
            "10",
            "max.partition.fetch.bytes",
            Integer.toString(256 << 10),
            "max.poll.records",
            "4000");

    private static final Duration END_RETRY = Duration.ofSeconds(5);

    private final KafkaSettings kafka;
    private final EgressSettings settings;
    private final TopicDirectory directory;
    private final EgressMeters meters;
    private final RecordMapper mapper;
    private final PartitionNames names = new PartitionNames();
    private final Admin admin;
    private volatile ReadRules rules;
    private volatile boolean closed;
    private volatile List<TailThread> tails = List.of();
    private volatile List<CatchUpReader> readers = List.of();

    public KafkaEgress(
            KafkaSettings kafka,
            EgressSettings settings,
            RuleSet rules,
            TopicDirectory directory,
            MeterRegistry registry) {
        this(kafka, settings, rules, RuleFormats.NONE, directory, registry);
    }

    /** The same with formats of payloads. */
    public KafkaEgress(
            KafkaSettings kafka,
            EgressSettings settings,
            RuleSet rules,
            RuleFormats formats,
            TopicDirectory directory,
            MeterRegistry registry) {
        this.kafka = kafka;
        this.settings = settings;
        this.rules = new ReadRules(rules);
        this.directory = directory;
        meters = new EgressMeters(registry);
        meters.rules(() -> this.rules.earlier().size(), ReadRules.EARLIER_MAX);
        mapper = new RecordMapper(this::rules, formats, new SkippedRecords(meters));
        admin = Admin.create(kafka.admin("egress"));
    }

    /** Starts the threads. Once, before anything else. */
    public void start(DeliverySink sink) {
        if (!tails.isEmpty()) {
            throw new IllegalStateException("egress: started twice (expected: once)");
        }
        List<TailThread> startingTails = new ArrayList<>();
        for (int i = 0; i < settings.tails(); i++) {
            startingTails.add(new TailThread(i, settings.tails(), tailSurroundings(i, sink)));
        }
        List<CatchUpReader> startingReaders = new ArrayList<>();
        for (int i = 0; i < settings.readers(); i++) {
            String role = "reader-" + i;
            startingReaders.add(new CatchUpReader(
                    i, settings.readsWaitingMax(), () -> consumer(role, READER), this::isThere, mapper, meters));
        }
        tails = List.copyOf(startingTails);
        readers = List.copyOf(startingReaders);
        meters.watch(tails);
        directory.addListener((before, after) -> {
            names.retain(after);
            tails.forEach(TailThread::onTopicsChanged);
        });
        tails.forEach(TailThread::start);
        readers.forEach(CatchUpReader::start);
    }

    private ReadRules rules() {
        return rules;
    }

    /**
     * Puts other rules in force. What was written by those of before is read by them still, until they are
     * {@linkplain #end ended}: a session that is behind loses nothing by it.
     *
     * <p>A Kafka topic that the new rules name and those of before did not is read from its first record for those who
     * are subscribed already: other instances may have gone over before.
     *
     * @return what is to be done when nothing can be written any more by the rules of before: ends them, on any thread
     */
    public Runnable replace(RuleSet next) {
        ReadRules replaced = rules.replacedBy(next);
        rules = replaced;
        tails.forEach(TailThread::onRulesChanged);
        ReadRules.Earlier before = replaced.earlier().get(replaced.earlier().size() - 1);
        return () -> end(before);
    }

    /** They mean nothing from where their topics end now, or when Kafka says so first. */
    private void end(ReadRules.Earlier earlier) {
        if (closed) {
            return;
        }
        List<TopicPartition> partitions = new ArrayList<>();
        directory.topics().forEach((name, topic) -> {
            for (int number = 0; number < topic.partitions() && earlier.rules().isReadable(name); number++) {
                partitions.add(new TopicPartition(name, number));
            }
        });
        Map<TopicPartition, Long> ends = new ConcurrentHashMap<>();
        CompletableFuture<?>[] asked = lastStableOffsets(partitions).entrySet().stream()
                .map(end -> end.getValue().toCompletableFuture().handle((offset, failure) -> {
                    if (failure == null) {
                        ends.put(end.getKey(), offset);
                    } else if (!(KafkaFailure.cause(failure) instanceof AuthorizationException)) {
                        throw new CompletionException(failure);
                    }
                    return offset;
                }))
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(asked).whenComplete((done, failure) -> {
            if (failure == null) {
                earlier.end(ends);
                tails.forEach(TailThread::onRulesChanged);
            } else if (!closed) {
                CompletableFuture.delayedExecutor(END_RETRY.toMillis(), TimeUnit.MILLISECONDS)
                        .execute(() -> end(earlier));
            }
        });
    }

    private TailSurroundings tailSurroundings(int index, DeliverySink sink) {
        return new TailSurroundings(
                () -> consumer("tail-" + index, TAIL),
                this::lastStableOffsets,
                directory,
                this::rules,
                mapper,
                sink,
                meters);
    }

    private Map<TopicPartition, CompletionStage<Long>> lastStableOffsets(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        partitions.forEach(partition -> ends.put(partition, OffsetSpec.latest()));
        ListOffsetsResult result = admin.listOffsets(ends, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED));
        Map<TopicPartition, CompletionStage<Long>> offsets = new HashMap<>();
        for (TopicPartition partition : partitions) {
            offsets.put(
                    partition,
                    result.partitionResult(partition).toCompletionStage().thenApply(end -> end.offset()));
        }
        return offsets;
    }

    private Consumer<byte[], byte[]> consumer(String role, Map<String, String> defaults) {
        return new KafkaConsumer<>(
                kafka.consumer(role, defaults), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private void checkStarted() {
        if (tails.isEmpty()) {
            throw new IllegalStateException("egress: not started (expected: start() before)");
        }
    }

    @Override
    public Mono<Reading> open(TopicFilter filter, Collection<LogPartition> held, StartListener listener) {
        return known(held).then(Mono.create(sink -> {
            checkStarted();
            KafkaReading reading = new KafkaReading(filter, held, listener, sink);
            sink.onCancel(reading::close);
            // Before the first look at Kafka's topics nobody knows where to begin.
            directory.loaded().thenRun(reading::post);
        }));
    }

    /** A partition that is not known here may be of a topic that another instance has made a moment ago. */
    private Mono<Void> known(Collection<LogPartition> partitions) {
        return Mono.defer(() -> partitions.stream().allMatch(this::isThere)
                ? Mono.empty()
                : Mono.fromCompletionStage(directory.refreshed()));
    }

    /** What the filter may match of that, though by its keys it would be read elsewhere: the topic has grown since. */
    private List<TopicPartition> heldBesides(TopicFilter filter, Collection<LogPartition> held) {
        List<TopicPartition> besides = new ArrayList<>();
        for (LogPartition partition : held) {
            TopicDemand demand = rules.demand(partition.topic(), filter);
            if (!demand.isNone() && !demand.whole() && isThere(partition)) {
                besides.add(new TopicPartition(partition.topic(), partition.partition()));
            }
        }
        return besides;
    }

    /** Demand for one filter. Safe for all threads: its request is, and the topics are read from the directory. */
    private final class KafkaReading implements Reading {

        private final TopicFilter filter;
        private final OpenRequest request;

        KafkaReading(
                TopicFilter filter, Collection<LogPartition> held, StartListener listener, MonoSink<Reading> sink) {
            this.filter = filter;
            request = new OpenRequest(
                    filter, heldBesides(filter, held), listener, tails.size(), () -> sink.success(this));
        }

        void post() {
            request.post(tails);
        }

        @Override
        public Collection<LogPartition> partitions() {
            Set<LogPartition> partitions = new HashSet<>();
            Map<String, KnownTopic> topics = directory.topics();
            topics.forEach((name, topic) -> {
                TopicDemand demand = rules.demand(name, filter);
                for (int number = 0; number < topic.partitions() && !demand.isNone(); number++) {
                    if (demand.includes(number, topic.partitionCounts())) {
                        partitions.add(names.of(name, topic, number));
                    }
                }
            });
            for (TopicPartition partition : request.held()) {
                KnownTopic topic = topics.get(partition.topic());
                if (topic != null && partition.partition() < topic.partitions()) {
                    partitions.add(names.of(partition.topic(), topic, partition.partition()));
                }
            }
            return partitions;
        }

        @Override
        public void close() {
            request.close(tails);
        }
    }

    /** Whether the partition is one of Kafka's, under this very topic id. Any thread. */
    public boolean isThere(LogPartition partition) {
        KnownTopic topic = directory.topics().get(partition.topic());
        return topic != null
                && partition.partition() < topic.partitions()
                && names.id(partition.topic(), topic).equals(partition.topicId());
    }

    @Override
    public Mono<LogBatch> read(LogPartition partition, long from, int bytesMax) {
        return known(List.of(partition)).then(Mono.create(sink -> {
            checkStarted();
            // Always the same reader for a partition: it may stand there already.
            CatchUpReader reader = readers.get(Math.floorMod(partition.hashCode(), readers.size()));
            StretchRequest request = new StretchRequest(partition, from, bytesMax, sink);
            sink.onCancel(request::cancel);
            if (!reader.offer(request)) {
                sink.error(new IllegalStateException("catch-up: " + settings.readsWaitingMax()
                        + " reads wait already, or the way out is closed (expected: room for one more)"));
            }
        }));
    }

    /** One read that somebody waits for. Safe for all threads: one volatile flag, the sink is safe. */
    private static final class StretchRequest implements ReadRequest {

        private final LogPartition partition;
        private final long from;
        private final int bytesMax;
        private final MonoSink<LogBatch> sink;
        private volatile boolean cancelled;

        StretchRequest(LogPartition partition, long from, int bytesMax, MonoSink<LogBatch> sink) {
            this.partition = partition;
            this.from = from;
            this.bytesMax = bytesMax;
            this.sink = sink;
        }

        void cancel() {
            cancelled = true;
        }

        @Override
        public LogPartition partition() {
            return partition;
        }

        @Override
        public long from() {
            return from;
        }

        @Override
        public int bytesMax() {
            return bytesMax;
        }

        @Override
        public boolean isCancelled() {
            return cancelled;
        }

        @Override
        public void complete(LogBatch batch) {
            sink.success(batch);
        }

        @Override
        public void fail(Throwable failure) {
            sink.error(failure);
        }
    }

    @Override
    public void resume() {
        tails.forEach(TailThread::resume);
    }

    /** Ends the threads; returns before they have ended. Who waits for a reading or a read waits for ever. */
    @Override
    public void close() {
        closed = true;
        tails.forEach(TailThread::close);
        readers.forEach(CatchUpReader::close);
        admin.close(Duration.ZERO);
    }
}
