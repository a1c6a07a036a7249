package io.sluice.kafka.log;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those who wait until a state log is replayed up to an offset. {@link #await} is safe for all threads; the rest is for the
 * log's thread. As many as there are claims and questions under way.
 */
final class Waiters {

    private static final Logger LOG = LoggerFactory.getLogger(Waiters.class);
    /** Longer than any transaction of ours lives: then it is not one that somebody will end. */
    private static final Duration HELD_UP = Duration.ofSeconds(30);

    private final String topic;
    /** Of each partition the next offset to replay. */
    private final AtomicLongArray positions;

    private final Queue<Waiter> newWaiters = new ConcurrentLinkedQueue<>();
    private final List<PriorityQueue<Waiter>> waiting = new ArrayList<>();
    private final boolean[] isHeldUp;
    private volatile boolean closed;

    private record Waiter(int partition, long next, CompletableFuture<?> done, Runnable complete, long sinceNanos)
            implements Comparable<Waiter> {
        @Override
        public int compareTo(Waiter other) {
            return Long.compare(next, other.next);
        }
    }

    Waiters(String topic, AtomicLongArray positions) {
        this.topic = topic;
        this.positions = positions;
        isHeldUp = new boolean[positions.length()];
        for (int i = 0; i < positions.length(); i++) {
            waiting.add(new PriorityQueue<>());
        }
    }

    /**
     * Runs the task when everything below the offset is replayed: now, or on the log's thread.
     *
     * @param done fails when the log is closed before
     */
    void await(int partition, long next, CompletableFuture<?> done, Runnable complete) {
        newWaiters.add(new Waiter(partition, next, done, complete, System.nanoTime()));
        // The reader looks at the queue after it has moved on: one of the two sees the other.
        if (positions.get(partition) >= next) {
            complete.run();
        } else if (closed) {
            done.completeExceptionally(closed());
        }
    }

    /** Tells those whose time has come. */
    void serve() {
        for (Waiter waiter = newWaiters.poll(); waiter != null; waiter = newWaiters.poll()) {
            waiting.get(waiter.partition).add(waiter);
        }
        for (int partition = 0; partition < waiting.size(); partition++) {
            PriorityQueue<Waiter> here = waiting.get(partition);
            long position = positions.get(partition);
            for (Waiter first = here.peek(); first != null && first.next <= position; first = here.peek()) {
                here.remove();
                first.complete.run();
            }
            watch(partition, here.peek());
        }
    }

    /** Says it once when somebody waits for longer than what is open can last. */
    private void watch(int partition, @Nullable Waiter first) {
        boolean now = first != null && System.nanoTime() - first.sinceNanos > HELD_UP.toNanos();
        if (now && !isHeldUp[partition]) {
            LOG.atError()
                    .addKeyValue("kafkaTopic", topic)
                    .addKeyValue("partition", partition)
                    .addKeyValue("offset", positions.get(partition))
                    .addKeyValue("seconds", HELD_UP.toSeconds())
                    .log("State is held up at an offset: Kafka is away, or has forgotten to end a transaction there"
                            + " (kafka-transactions.sh find-hanging)");
        } else if (!now && isHeldUp[partition]) {
            LOG.atInfo()
                    .addKeyValue("kafkaTopic", topic)
                    .addKeyValue("partition", partition)
                    .log("State is not held up any more");
        }
        isHeldUp[partition] = now;
    }

    /** Nobody waits any more; any thread. */
    void close() {
        closed = true;
        for (Waiter waiter = newWaiters.poll(); waiter != null; waiter = newWaiters.poll()) {
            waiter.done.completeExceptionally(closed());
        }
    }

    /** The last act of the log's thread. */
    void end() {
        close();
        for (PriorityQueue<Waiter> here : waiting) {
            here.forEach(waiter -> waiter.done.completeExceptionally(closed()));
            here.clear();
        }
    }

    private IllegalStateException closed() {
        return new IllegalStateException("state log " + topic + ": closed");
    }
}
