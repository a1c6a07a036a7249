package io.sluice.kafka.ingress;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
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
    private volatile boolean closed;

    RecordProducer(Supplier<Producer<byte[], byte[]>> factory, LongSupplier nanoClock) {
        this.factory = factory;
        this.nanoClock = nanoClock;
        current = new Generation(factory.get(), nanoClock.getAsLong());
    }

    void send(ProducerRecord<byte[], byte[]> row, Callback callback) {
        current.producer().send(row, callback);
    }

    /** The partitions of a topic that the producer knows; throws TimeoutException and asks Kafka when it does not. */
    List<PartitionInfo> partitionsFor(String kafkaTopic) {
        return current.producer().partitionsFor(kafkaTopic);
    }

    /** Kafka has ended the producer. At most one replacement a second, on the producer's thread, never on a loop. */
    void onEnded(Throwable cause) {
        if (!replacing.compareAndSet(false, true)) {
            return;
        }
        try {
            Generation ended = current;
            long now = nanoClock.getAsLong();
            if (!closed && now - ended.sinceNanos() >= REPLACEMENT_INTERVAL_NANOS) {
                LOG.atWarn()
                        .addKeyValue("cause", cause.toString())
                        .log("Kafka has ended the producer, starting another");
                current = new Generation(factory.get(), now);
                ended.producer().close(Duration.ZERO);
            }
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
