package io.sluice.kafka.ingress;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.PartitionInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The idempotent producer, replaced when Kafka has put an end to it, as when its rights were taken away and given
 * back. Safe for all threads: the producer is, and stands in one volatile field.
 *
 * <p>{@code send} runs on event loops: with {@code max.block.ms=0} it never waits for Kafka; what is left are short
 * locks inside of Kafka's client.
 */
final class RecordProducer {

    private static final Logger LOG = LoggerFactory.getLogger(RecordProducer.class);
    private static final long REPLACEMENT_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

    /** A producer and since when it is in use. */
    private record Generation(Producer<byte[], byte[]> producer, long sinceNanos) {}

    private final Supplier<Producer<byte[], byte[]>> factory;
    private final LongSupplier nanoClock;
    private final AtomicBoolean replacing = new AtomicBoolean();
    private volatile Generation current;
    private volatile boolean paused;
    private volatile boolean closed;

    RecordProducer(Supplier<Producer<byte[], byte[]>> factory, LongSupplier nanoClock) {
        this.factory = factory;
        this.nanoClock = nanoClock;
        current = new Generation(factory.get(), nanoClock.getAsLong());
    }

    /** Sends, or throws what Kafka's client throws; a BufferExhaustedException means: in a moment. */
    void send(ProducerRecord<byte[], byte[]> row, Callback callback) {
        Generation to = current;
        try {
            to.producer().send(row, callback);
        } catch (IllegalStateException ended) {
            if (closed || to.equals(current)) {
                throw ended;
            }
            throw new BufferExhaustedException("the producer was replaced in this moment");
        }
    }

    /** The partitions of a topic that the producer knows; throws TimeoutException and asks Kafka when it does not. */
    List<PartitionInfo> partitionsFor(String kafkaTopic) {
        return current.producer().partitionsFor(kafkaTopic);
    }

    /** Kafka has ended the producer. At most one replacement a second; never on a loop. */
    void onEnded(Throwable cause) {
        if (!replacing.compareAndSet(false, true)) {
            return;
        }
        try {
            if (!closed && nanoClock.getAsLong() - current.sinceNanos() >= REPLACEMENT_INTERVAL_NANOS) {
                LOG.atWarn()
                        .addKeyValue("cause", cause.toString())
                        .log("Kafka has ended the producer, starting another");
                replace();
            }
        } finally {
            replacing.set(false);
        }
    }

    private void replace() {
        Generation ended = current;
        current = new Generation(factory.get(), nanoClock.getAsLong());
        ended.producer().close(Duration.ZERO);
    }

    /** The producer's own buffer: what it takes, or could take at most. */
    double bufferBytes() {
        return metric("buffer-total-bytes") - metric("buffer-available-bytes");
    }

    double bufferBytesMax() {
        return metric("buffer-total-bytes");
    }

    private double metric(String name) {
        for (Map.Entry<MetricName, ? extends Metric> metric :
                current.producer().metrics().entrySet()) {
            if (metric.getKey().name().equals(name) && metric.getValue().metricValue() instanceof Double value) {
                return value;
            }
        }
        return 0;
    }

    /** Whether nobody may send at the moment: whoever has counted its record looks here before it sends. */
    boolean isPaused() {
        return paused;
    }

    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
    }

    /**
     * Replaces the producer while it is paused, and resumes: what it still has is given up, and its callbacks say so.
     * Returns whether it was done; blocks for a moment.
     */
    boolean renew() {
        if (!replacing.compareAndSet(false, true)) {
            return false;
        }
        try {
            replace();
            paused = false;
            return true;
        } finally {
            replacing.set(false);
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** Waits until what was sent is acknowledged, at most for the timeout. Blocks. */
    void close(Duration timeout) {
        closed = true;
        current.producer().close(timeout);
    }
}
