package io.sluice.kafka.clock;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.kafka.client.KafkaSettings;
import io.sluice.kafka.topic.KafkaFailure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a {@link KafkaClock} right: writes an empty record every few seconds to a topic in which Kafka gives records
 * their time. Safe for all threads; works on a thread of its own, and never waits there.
 */
public final class KafkaClockProbe implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaClockProbe.class);
    private static final Duration INTERVAL = Duration.ofSeconds(10);
    private static final Duration AT_FIRST = Duration.ofMillis(100);
    private static final Duration AFTER_ERROR = Duration.ofMillis(50);
    private static final Duration AFTER_ERRORS = Duration.ofSeconds(1);
    /** The first record waits for connections: a few more tell the time more closely. */
    private static final int AT_FIRST_COUNT = 4;

    private static final int ERRORS_AT_FIRST = 100;
    private static final long NOT_GIVEN = 0;
    private static final Duration WORTH_KNOWING = Duration.ofSeconds(5);

    private final String topic;
    private final short replicationFactor;
    private final KafkaClock clock;
    private final LongSupplier nanos;
    private final Admin admin;
    private final KafkaProducer<byte[], byte[]> producer;
    private final ScheduledThreadPoolExecutor thread;
    private final CompletableFuture<Void> started = new CompletableFuture<>();
    // Of the thread.
    private int told;
    private int errors;

    /**
     * @param topic the topic to write to; made when it is not there
     * @param replicationFactor of the topic when it is made, -1 for the broker's default
     * @param nanos the clock's monotonic time
     */
    public KafkaClockProbe(
            KafkaSettings kafka,
            String topic,
            short replicationFactor,
            KafkaClock clock,
            LongSupplier nanos,
            MeterRegistry registry) {
        this.topic = topic;
        this.replicationFactor = replicationFactor;
        this.clock = clock;
        this.nanos = nanos;
        admin = Admin.create(kafka.admin("clock"));
        Map<String, Object> config = kafka.producer("clock", 0);
        config.put("linger.ms", "0");
        // A record that waits for long tells little, and another one comes.
        config.put("request.timeout.ms", "5000");
        config.put("delivery.timeout.ms", "10000");
        producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread created = new Thread(task, "clock");
            created.setDaemon(true);
            return created;
        });
        // A close while a record is under way is no error of its.
        thread.setRejectedExecutionHandler((task, executor) -> {});
        Gauge.builder("sluice.kafka.clock.offset", clock, one -> one.wallAheadMillis() / 1e3)
                .description("How far this machine's clock is ahead of Kafka's, by which messages, sessions and wills"
                        + " expire")
                .baseUnit("seconds")
                .strongReference(true)
                .register(registry);
    }

    /**
     * Begins.
     *
     * @return completes on any thread when Kafka has told the time; while Kafka is away it is tried on
     */
    public CompletionStage<Void> start() {
        NewTopic wanted = new NewTopic(
                        topic,
                        Optional.of(1),
                        replicationFactor < 0 ? Optional.empty() : Optional.of(replicationFactor))
                .configs(Map.of(
                        "message.timestamp.type", "LogAppendTime",
                        "cleanup.policy", "delete",
                        "retention.ms", "3600000",
                        "segment.ms", "3600000"));
        admin.createTopics(List.of(wanted)).all().whenComplete((done, failure) -> {
            if (failure != null && !(KafkaFailure.cause(failure) instanceof TopicExistsException)) {
                LOG.atDebug().addKeyValue("cause", failure.toString()).log("The clock's topic was not made");
            }
            thread.execute(this::ask);
        });
        return started;
    }

    private void ask() {
        long sent = nanos.getAsLong();
        try {
            producer.send(new ProducerRecord<>(topic, 0, NOT_GIVEN, new byte[0], new byte[0]), (metadata, failure) -> {
                long acknowledged = nanos.getAsLong();
                thread.execute(() -> onAnswer(metadata, failure, sent, acknowledged));
            });
        } catch (KafkaException | IllegalStateException failure) {
            onFailed(failure);
        }
    }

    private void onAnswer(
            @Nullable RecordMetadata metadata, @Nullable Exception failure, long sent, long acknowledged) {
        if (failure != null || metadata == null) {
            onFailed(failure);
            return;
        }
        errors = 0;
        if (metadata.timestamp() == NOT_GIVEN) {
            LOG.atError()
                    .addKeyValue("kafkaTopic", topic)
                    .log("Kafka gives records of the clock's topic no time (expected: message.timestamp.type"
                            + " LogAppendTime): what expires, expires by this machine's clock");
            started.complete(null);
            return;
        }
        clock.onRecordTime(metadata.timestamp(), sent, acknowledged);
        told++;
        if (told == 1) {
            onTold();
        }
        next(told < AT_FIRST_COUNT ? AT_FIRST : INTERVAL);
    }

    private void onTold() {
        long ahead = clock.wallAheadMillis();
        boolean isFar = Math.abs(ahead) > WORTH_KNOWING.toMillis();
        (isFar ? LOG.atWarn() : LOG.atDebug())
                .addKeyValue("aheadSeconds", ahead / 1e3)
                .log("This machine's clock is not Kafka's; what expires, expires by Kafka's");
        started.complete(null);
    }

    private void onFailed(@Nullable Exception failure) {
        errors++;
        // The first record waits for the topic's metadata; later, Kafka is away.
        (errors == ERRORS_AT_FIRST ? LOG.atWarn() : LOG.atTrace())
                .addKeyValue("cause", String.valueOf(failure))
                .log("Kafka does not tell the time, trying on");
        next(errors < ERRORS_AT_FIRST ? AFTER_ERROR : AFTER_ERRORS);
    }

    private void next(Duration delay) {
        thread.schedule(this::ask, delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        thread.shutdownNow();
        producer.close(Duration.ZERO);
        admin.close(Duration.ZERO);
    }
}
