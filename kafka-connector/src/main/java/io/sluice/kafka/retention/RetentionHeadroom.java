package io.sluice.kafka.retention;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.sluice.kafka.client.KafkaSettings;
import io.sluice.kafka.topic.KafkaFailure;
import io.sluice.mqtt.port.LogPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns before Kafka's retention deletes what a session still needs: looks every half minute for the oldest record that any
 * session waits for in each partition, and for how long it stays. Reads one record per partition, and that only
 * when the oldest one is another. On a thread of its own; the gauge reads one volatile number.
 *
 * <p>Only retention by time is foreseen, and only where a session has a place: a topic that has appeared while it was away
 * counts from when it comes back. Kafka deletes whole segments, so that the true time is never shorter.
 */
public final class RetentionHeadroom implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RetentionHeadroom.class);
    /** How often it is looked. */
    public static final Duration INTERVAL = Duration.ofSeconds(30);

    private static final Duration READ_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long FOR_EVER = -1;
    private static final double NOBODY_WAITS = Double.POSITIVE_INFINITY;

    private final Supplier<Map<LogPartition, Long>> lowest;
    private final LongSupplier epochMillis;
    private final Duration interval;
    private final Admin admin;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread;
    // Of the thread.
    private Map<LogPartition, Oldest> known = new HashMap<>();
    private boolean failing;
    // Seen by others.
    private volatile double headroomSeconds = Double.POSITIVE_INFINITY;
    private volatile double oldestMillis = NOBODY_WAITS;
    private volatile boolean closed;

    /** The record at an offset, or the first behind it, and its time. */
    private record Oldest(long offset, long timestampMillis) {}

    /**
     * @param lowest of each partition the lowest offset that any session needs; called on this one's thread
     * @param epochMillis Kafka's time
     * @param interval how often it is looked
     */
    public RetentionHeadroom(
            KafkaSettings kafka,
            Supplier<Map<LogPartition, Long>> lowest,
            LongSupplier epochMillis,
            Duration interval,
            MeterRegistry registry) {
        this.lowest = lowest;
        this.epochMillis = epochMillis;
        this.interval = interval;
        admin = Admin.create(kafka.admin("headroom"));
        // Of what is fetched one record is looked at.
        consumer = new KafkaConsumer<>(
                kafka.consumer("headroom", Map.of("fetch.max.wait.ms", "100", "max.partition.fetch.bytes", "1024")),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        thread = new Thread(this::run, "headroom");
        thread.setDaemon(true);
        TimeGauge.builder(
                        "sluice.session.retention.headroom",
                        this,
                        TimeUnit.SECONDS,
                        headroom -> headroom.headroomSeconds)
                .description(
                        "Shortest time until Kafka's retention deletes a record that a session still needs; +Inf when"
                                + " none waits")
                .strongReference(true)
                .register(registry);
        TimeGauge.builder(
                        "sluice.session.undelivered.age",
                        this,
                        TimeUnit.SECONDS,
                        RetentionHeadroom::undeliveredAgeSeconds)
                .description("Age of the oldest record that some session still waits for, connected or not")
                .strongReference(true)
                .register(registry);
    }

    /** How long the record has been in Kafka that some session waits for longest; as it was seen when it was looked. */
    private double undeliveredAgeSeconds() {
        double oldest = oldestMillis;
        return oldest == NOBODY_WAITS ? 0 : Math.max(0, epochMillis.getAsLong() - oldest) / 1e3;
    }

    public void start() {
        thread.start();
    }

    private void run() {
        while (!closed) {
            try {
                headroomSeconds = look();
                failing = false;
            } catch (WakeupException end) {
                LOG.atTrace().log("Headroom woken");
            } catch (KafkaException failure) {
                (failing ? LOG.atDebug() : LOG.atWarn())
                        .addKeyValue("cause", failure.toString())
                        .log("How long Kafka keeps what sessions need cannot be read, trying on");
                failing = true;
            } catch (InterruptedException interrupted) {
                closed = true;
            }
            if (!closed) {
                LockSupport.parkNanos(this, interval.toNanos());
            }
        }
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
    }

    private double look() throws InterruptedException {
        Map<TopicPartition, LogPartition> needed = new HashMap<>();
        Map<LogPartition, Long> offsets = lowest.get();
        offsets.keySet()
                .forEach(partition ->
                        needed.put(new TopicPartition(partition.topic(), partition.partition()), partition));
        Map<TopicPartition, Long> from = waiting(needed, offsets);
        Map<LogPartition, Oldest> now = new HashMap<>();
        Set<TopicPartition> unread = new HashSet<>();
        from.forEach((partition, offset) -> {
            Oldest before = known.get(needed.get(partition));
            if (before != null && before.offset == offset) {
                now.put(needed.get(partition), before);
            } else {
                unread.add(partition);
            }
        });
        read(unread, from).forEach((partition, oldest) -> now.put(needed.get(partition), oldest));
        known = now;
        oldestMillis =
                now.values().stream().mapToDouble(Oldest::timestampMillis).min().orElse(NOBODY_WAITS);
        return now.isEmpty() ? Double.POSITIVE_INFINITY : shortest(now);
    }

    /** Where somebody waits for a record that is there, with the offset; what is deleted already is waited for no more. */
    private Map<TopicPartition, Long> waiting(
            Map<TopicPartition, LogPartition> needed, Map<LogPartition, Long> offsets) {
        Map<TopicPartition, Long> from = new HashMap<>();
        if (needed.isEmpty()) {
            return from;
        }
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(needed.keySet());
        Map<TopicPartition, Long> ends = consumer.endOffsets(needed.keySet());
        needed.forEach((partition, log) -> {
            long offset = Math.max(offsets.getOrDefault(log, 0L), beginnings.getOrDefault(partition, 0L));
            if (offset < ends.getOrDefault(partition, 0L)) {
                from.put(partition, offset);
            }
        });
        return from;
    }

    private Map<TopicPartition, Oldest> read(Set<TopicPartition> partitions, Map<TopicPartition, Long> from) {
        Map<TopicPartition, Oldest> found = new HashMap<>();
        Set<TopicPartition> left = new HashSet<>(partitions);
        consumer.assign(left);
        // Who was read the last time is still paused.
        consumer.resume(left);
        left.forEach(partition -> consumer.seek(partition, from.getOrDefault(partition, 0L)));
        long until = epochMillis.getAsLong() + READ_TIMEOUT.toMillis();
        while (!closed && !left.isEmpty() && epochMillis.getAsLong() < until) {
            for (ConsumerRecord<byte[], byte[]> row : consumer.poll(POLL)) {
                TopicPartition partition = new TopicPartition(row.topic(), row.partition());
                if (left.remove(partition)) {
                    found.put(partition, new Oldest(from.getOrDefault(partition, 0L), row.timestamp()));
                    consumer.pause(List.of(partition));
                }
            }
        }
        return found;
    }

    private double shortest(Map<LogPartition, Oldest> oldest) throws InterruptedException {
        Map<String, Long> retention = retention(oldest.keySet());
        double shortest = Double.POSITIVE_INFINITY;
        for (Map.Entry<LogPartition, Oldest> one : oldest.entrySet()) {
            long kept = retention.getOrDefault(one.getKey().topic(), FOR_EVER);
            if (kept != FOR_EVER) {
                long left = one.getValue().timestampMillis + kept - epochMillis.getAsLong();
                shortest = Math.min(shortest, Math.max(0, left) / 1e3);
            }
        }
        return shortest;
    }

    /** Of each topic how long it keeps a record, in ms. */
    private Map<String, Long> retention(Set<LogPartition> partitions) throws InterruptedException {
        Set<ConfigResource> topics = new HashSet<>();
        partitions.forEach(partition -> topics.add(new ConfigResource(ConfigResource.Type.TOPIC, partition.topic())));
        Map<String, Long> retention = new HashMap<>();
        for (var answer : new ArrayList<>(admin.describeConfigs(topics).values().entrySet())) {
            try {
                retention.put(
                        answer.getKey().name(), retention(answer.getValue().get()));
            } catch (ExecutionException failure) {
                // Without the right to read it, or without the topic, there is nothing to foresee.
                LOG.atDebug()
                        .addKeyValue("kafkaTopic", answer.getKey().name())
                        .addKeyValue("cause", KafkaFailure.cause(failure).toString())
                        .log("A topic's retention cannot be read");
            }
        }
        return retention;
    }

    private static long retention(Config config) {
        var policy = config.get("cleanup.policy");
        var millis = config.get("retention.ms");
        boolean isDeleted =
                policy == null || policy.value() == null || policy.value().contains("delete");
        return isDeleted && millis != null && millis.value() != null ? Long.parseLong(millis.value()) : FOR_EVER;
    }

    /** Ends the thread; returns before it has ended. */
    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        LockSupport.unpark(thread);
        admin.close(Duration.ZERO);
    }
}
