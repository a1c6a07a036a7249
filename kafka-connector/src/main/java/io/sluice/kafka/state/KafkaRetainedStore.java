package io.sluice.kafka.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.kafka.client.KafkaSettings;
import io.sluice.kafka.log.CompactedLog;
import io.sluice.kafka.log.StateSettings;
import io.sluice.kafka.log.StateTopic;
import io.sluice.kafka.log.Unreadable;
import io.sluice.kafka.transaction.RetainedCopies;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.PublishOutcome.Refused;
import io.sluice.mqtt.port.Refusal;
import io.sluice.mqtt.port.RetainedStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Retained messages in a compacted Kafka topic: they survive everything, and every instance has the same. Safe for all
 * threads. Key: the MQTT topic. Value: the message with the offset of its data record, or a tombstone.
 */
public final class KafkaRetainedStore implements RetainedStore, RetainedCopies, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaRetainedStore.class);

    private final RetainedCodec codec = new RetainedCodec();
    private final Unreadable unreadable;
    private final RetainedTable table;
    private final Admin admin;
    private final CompactedLog log;
    private volatile int messagesMax;

    /**
     * Finds or makes the topic. Blocks, for as long as Kafka is away.
     *
     * @param messagesMax most retained messages; one more is an error, and its publisher is not acknowledged
     */
    public KafkaRetainedStore(KafkaSettings kafka, StateSettings settings, int messagesMax, MeterRegistry registry) {
        this.messagesMax = messagesMax;
        admin = Admin.create(kafka.admin("retained"));
        StateTopic topic = StateTopic.ensure(admin, settings.prefix() + ".retained", settings);
        unreadable = new Unreadable(topic.name());
        table = new RetainedTable(codec, unreadable);
        log = new CompactedLog(kafka, topic, "retained", settings, admin, table::replay, unreadable);
        Gauge.builder("sluice.retained.messages.limit", this, self -> self.messagesMax)
                .description("Most retained messages")
                .register(registry);
        Gauge.builder("sluice.retained.messages", table, RetainedTable::messages)
                .description("Retained messages")
                .register(registry);
        Gauge.builder("sluice.retained.bytes", table, RetainedTable::bytes)
                .description("Bytes of the retained messages, encoded")
                .baseUnit("bytes")
                .register(registry);
        FunctionCounter.builder("sluice.state.unreadable", unreadable, Unreadable::count)
                .description("Records of state topics that could not be read")
                .tag("topic", "retained")
                .register(registry);
    }

    /** Puts another limit in force: what there is stays. */
    public void limit(int newMessagesMax) {
        messagesMax = newMessagesMax;
    }

    /** Starts to replay; completes when everything that was there is known. */
    public CompletionStage<Void> start() {
        return log.start();
    }

    /** Records that were replayed, to say how far the start is. */
    public long replayedRecords() {
        return log.replayedRecords();
    }

    @Override
    public Mono<Void> put(Message message, LogPartition partition, long offset) {
        return Mono.fromCompletionStage(() -> append(message, partition.toString(), offset))
                .then();
    }

    private CompletionStage<Long> append(Message message, String place, long dataOffset) {
        Optional<Refused> refused = refusal(message);
        if (refused.isPresent()) {
            return CompletableFuture.failedFuture(
                    new IllegalStateException(refused.get().detail()));
        }
        String name = message.topicName().value();
        return append(name, entry(message, place, dataOffset)).thenCompose(appended -> repair(name, place, dataOffset));
    }

    @Override
    public Optional<Refused> refusal(Message message) {
        RetainedTable.Entry known = table.get(message.topicName().value());
        boolean isKnown = known != null && known.value() != null;
        return message.payload().isEmpty() || isKnown || table.messages() < messagesMax
                ? Optional.empty()
                : Optional.of(
                        new Refused(Refusal.QUOTA, "retained messages: " + messagesMax + " (expected: not more)"));
    }

    @Override
    public ProducerRecord<byte[], byte[]> row(Message message, LogPartition partition, long dataOffset) {
        String name = message.topicName().value();
        RetainedTable.Entry entry = entry(message, partition.toString(), dataOffset);
        return new ProducerRecord<>(
                log.topic(), partition(name), null, name.getBytes(UTF_8), entry.value(), headers(entry));
    }

    private RetainedTable.Entry entry(Message message, String place, long dataOffset) {
        return new RetainedTable.Entry(
                place, dataOffset, message.payload().isEmpty() ? null : codec.encode(message, place, dataOffset));
    }

    private int partition(String name) {
        return Utils.toPositive(Utils.murmur2(name.getBytes(UTF_8))) % log.partitions();
    }

    private CompletionStage<Long> append(String name, RetainedTable.Entry entry) {
        return log.append(partition(name), name.getBytes(UTF_8), entry.value(), headers(entry));
    }

    private static List<Header> headers(RetainedTable.Entry entry) {
        if (entry.value() != null) {
            return List.of();
        }
        Header offset = new RecordHeader(
                RetainedTable.OFFSET_HEADER,
                ByteBuffer.allocate(Long.BYTES).putLong(entry.dataOffset()).array());
        String place = entry.place();
        return place == null
                ? List.of(offset)
                : List.of(offset, new RecordHeader(RetainedTable.PARTITION_HEADER, place.getBytes(UTF_8)));
    }

    @Override
    public Mono<Void> settle(Message message, LogPartition partition, long offset) {
        String place = partition.toString();
        return Mono.fromCompletionStage(() -> log.sync().thenCompose(synced -> {
                    String name = message.topicName().value();
                    RetainedTable.Entry known = table.get(name);
                    // What is of another partition has come later than the transaction's own copy.
                    return known == null || (place.equals(known.place()) && known.dataOffset() < offset)
                            ? append(message, place, offset)
                            : repair(name, place, offset);
                }))
                .then();
    }

    /**
     * Compaction keeps what comes last in the log, not who won: who came late, behind a later data record's copy, puts
     * the winner behind itself.
     */
    private CompletionStage<Long> repair(String name, String place, long dataOffset) {
        RetainedTable.Entry winner = table.get(name);
        return winner == null || !winner.isAfter(place, dataOffset)
                ? CompletableFuture.completedFuture(0L)
                : append(name, winner);
    }

    @Override
    public Mono<Message> get(TopicName topicName) {
        return Mono.fromCompletionStage(log::sync).then(Mono.fromCallable(() -> {
            RetainedTable.Entry entry = table.get(topicName.value());
            return entry == null ? null : message(topicName.value(), entry);
        }));
    }

    @Override
    public Flux<Message> match(TopicFilter filter, long nowEpochMillis) {
        return Mono.fromCompletionStage(log::sync)
                .thenMany(Flux.fromStream(() -> table.startingAs(filter))
                        .mapNotNull(entry -> wanted(entry, filter, nowEpochMillis)));
    }

    private @Nullable Message wanted(
            Map.Entry<String, RetainedTable.Entry> entry, TopicFilter filter, long nowEpochMillis) {
        if (entry.getValue().value() == null || !filter.matches(TopicName.of(entry.getKey()))) {
            return null;
        }
        Message message = message(entry.getKey(), entry.getValue());
        return message == null || message.properties().isExpired(nowEpochMillis) ? null : message;
    }

    private @Nullable Message message(String name, RetainedTable.Entry entry) {
        byte[] value = entry.value();
        if (value == null) {
            return null;
        }
        try {
            return codec.decode(TopicName.of(name), true, value);
        } catch (IOException unreadable) {
            // Its offset was read from the same bytes, so that this is no record of a later version.
            LOG.atError().setCause(unreadable).log("A retained message cannot be read");
            return null;
        }
    }

    @Override
    public void close() {
        log.close();
        admin.close();
    }
}
