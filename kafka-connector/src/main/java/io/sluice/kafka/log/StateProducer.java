package io.sluice.kafka.log;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The producer of a state topic, which never waits and never loses a record because Kafka's client does not know the
 * topic in this moment: a Kafka that has just come back says for a while that it has no such topic, and a release that
 * is lost then would keep its session for ever. What is not taken waits here, and nothing overtakes it. Safe for all
 * threads; {@link #retry} is for one.
 */
final class StateProducer {

    private static final Logger LOG = LoggerFactory.getLogger(StateProducer.class);
    private static final int WAITING_MAX = 1_000_000;

    private final Supplier<Producer<byte[], byte[]>> factory;
    private volatile Producer<byte[], byte[]> producer;
    /** The producer that takes nothing any more, until there is another. */
    private volatile @Nullable Producer<byte[], byte[]> ended;

    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();
    /** Those in the queue, and who is on the way into it: while it is not 0 whoever comes goes behind. */
    private final AtomicInteger waitingCount = new AtomicInteger();

    private record Waiting(ProducerRecord<byte[], byte[]> row, Callback callback) {}

    /** @param factory makes a producer, and another when Kafka has put an end to one */
    StateProducer(Supplier<Producer<byte[], byte[]>> factory) {
        this.factory = factory;
        producer = factory.get();
    }

    /** The partitions of a topic; throws TimeoutException, and asks Kafka, while they are not known. */
    List<PartitionInfo> partitionsFor(String topic) {
        return producer.partitionsFor(topic);
    }

    /** Sends the record, at once or when it can be, behind those that this thread has sent before. */
    void send(ProducerRecord<byte[], byte[]> row, Callback callback) {
        if (waitingCount.get() == 0 && trySend(row, callback)) {
            return;
        }
        if (waitingCount.incrementAndGet() > WAITING_MAX) {
            waitingCount.decrementAndGet();
            callback.onCompletion(null, new BufferExhaustedException(WAITING_MAX + " records of state wait for Kafka"));
            return;
        }
        waiting.add(new Waiting(row, callback));
    }

    /** Sends what waits, as far as it goes. */
    void retry() {
        Producer<byte[], byte[]> over = ended;
        if (over != null && over.equals(producer)) {
            LOG.atWarn().log("Kafka has ended a producer of state, starting another");
            producer = factory.get();
            over.close(Duration.ZERO);
        }
        ended = null;
        for (Waiting first = waiting.peek(); first != null; first = waiting.peek()) {
            if (!trySend(first.row, first.callback)) {
                return;
            }
            waiting.remove();
            waitingCount.decrementAndGet();
        }
    }

    /** Whether the producer has it, or has refused it for good. */
    private boolean trySend(ProducerRecord<byte[], byte[]> row, Callback callback) {
        Producer<byte[], byte[]> to = producer;
        Attempt attempt = new Attempt(callback);
        try {
            var unused = to.send(row, attempt);
        } catch (KafkaException | IllegalStateException failure) {
            if (isOfEnded(failure)) {
                ended = to;
                return false;
            }
            callback.onCompletion(null, failure);
        }
        return !attempt.afterSend();
    }

    /** What a producer says of every record once its login, or its right to a producer id, was refused. */
    private static boolean isOfEnded(RuntimeException failure) {
        return failure.getClass() == KafkaException.class && failure.getCause() instanceof ApiException;
    }

    /** Tells a refusal within {@code send} from Kafka's answer. Its fields are of the thread that sends. */
    private static final class Attempt implements Callback {
        private final Callback callback;
        private final Thread thread = Thread.currentThread();
        private boolean inSend = true;
        private boolean notTaken;

        Attempt(Callback callback) {
            this.callback = callback;
        }

        @Override
        public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
            if (Thread.currentThread() == thread && inSend && failure instanceof TimeoutException) {
                notTaken = true;
            } else {
                callback.onCompletion(metadata, failure);
            }
        }

        /** Whether the producer has not taken it. */
        boolean afterSend() {
            inSend = false;
            return notTaken;
        }
    }

    /** Waits until what was sent is written, at most for the timeout; what still waits fails. */
    void close(Duration timeout) {
        retry();
        producer.close(timeout);
        for (Waiting first = waiting.poll(); first != null; first = waiting.poll()) {
            waitingCount.decrementAndGet();
            first.callback.onCompletion(null, new TimeoutException("the state log is closed"));
        }
    }
}
