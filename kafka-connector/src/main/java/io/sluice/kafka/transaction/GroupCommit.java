package io.sluice.kafka.transaction;

import io.sluice.mqtt.port.Failpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes messages with what their sessions must remember of them, both or neither: whatever has come while one
 * transaction was under way is the next, so that many clients share a commit. Keeps the order of what it is given.
 * {@link #submit} and {@link #close} are safe for all threads; everything else is confined to its own thread, which may
 * wait for Kafka.
 *
 * <p>One client's bad record must not cost the others theirs: when Kafka refuses one, the transaction is aborted, the
 * bad one told, and the rest is written again.
 */
public final class GroupCommit implements Runnable, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);
    private static final int BATCH_MAX = 2_000;
    private static final int ATTEMPTS_TOGETHER = 5;
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration PAUSE_AFTER_ERROR = Duration.ofMillis(200);

    /** A message and what is to be remembered of it. */
    public interface Item {
        /** The message's record, and those that go with it alone. */
        List<ProducerRecord<byte[], byte[]>> rows();

        /** What goes with it, and may share records with what goes with others; or null. */
        default @Nullable Companion companion() {
            return null;
        }

        /** Whether there are records that must know where the message's record stands. */
        default boolean hasRowsBehind() {
            return false;
        }

        /**
         * The records that go with them, and must know where the message's record stands.
         *
         * @param message of the message's record, which is committed with them or not at all
         */
        default List<ProducerRecord<byte[], byte[]>> rowsBehind(RecordMetadata message) {
            return List.of();
        }

        /** Written, with the metadata of the first record; or why not. */
        void onWritten(@Nullable RecordMetadata metadata, @Nullable Exception failure);

        /**
         * Nobody can say whether it was written: asks the log, which knows by what goes with it. Waits for Kafka.
         *
         * @throws CompletionException when the log is closed
         */
        boolean isWritten();
    }

    /** Asked, on the commit's thread, when Kafka says that another has taken the transactional id over. */
    public interface Fence {
        /** Whether that was meant: then this part never writes again. May block. */
        boolean isMeant();
    }

    private final Supplier<Producer<byte[], byte[]>> factory;
    private final Fence fence;
    private final TransactionMeters meters;
    private final BlockingQueue<Item> queue = new LinkedBlockingQueue<>();
    private final Thread thread;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private volatile @Nullable Producer<byte[], byte[]> producer;
    private boolean failing;
    private boolean fenced;
    private @Nullable Exception lastFailure;
    private volatile boolean closed;

    /**
     * @param factory makes a transactional producer, always with the same transactional id: what an earlier one has left
     *     open is aborted by the next
     * @param fence asked when another has taken the transactional id over
     */
    public GroupCommit(String name, Supplier<Producer<byte[], byte[]>> factory, Fence fence, TransactionMeters meters) {
        this.factory = factory;
        this.fence = fence;
        this.meters = meters;
        thread = new Thread(this, name);
        thread.setDaemon(true);
    }

    /** Starts; completes when nothing is open any more that an earlier producer had begun. */
    public CompletionStage<Void> start() {
        thread.start();
        return ready.minimalCompletionStage();
    }

    /** Takes a message; its outcome is told on this part's thread. The gate bounds how many there are. */
    public void submit(Item item) {
        queue.add(item);
        if (closed) {
            refuseAll();
        }
    }

    /** Messages that wait or are being written. */
    public int pending() {
        return queue.size();
    }

    @Override
    public void run() {
        while (!closed) {
            try {
                ensureProducer(false);
                Item first = queue.poll(POLL.toMillis(), TimeUnit.MILLISECONDS);
                if (first != null) {
                    List<Item> batch = new ArrayList<>();
                    batch.add(first);
                    queue.drainTo(batch, BATCH_MAX - 1);
                    write(batch);
                }
            } catch (InterruptedException interrupted) {
                // Nobody interrupts but who wants the end.
                closed = true;
            } catch (AuthorizationException denied) {
                // Kafka is there and says no: whoever waits is told, and holds up nobody at the gate.
                refuseAll(denied);
                onFailed(denied);
            } catch (RuntimeException unexpected) {
                onFailed(unexpected);
            }
        }
        refuseAll();
        Producer<byte[], byte[]> last = producer;
        if (last != null) {
            last.close(Duration.ofSeconds(1));
        }
    }

    private void refuseAll() {
        refuseAll(new TimeoutException("the way into Kafka is closed"));
    }

    private void refuseAll(KafkaException why) {
        for (Item item = queue.poll(); item != null; item = queue.poll()) {
            item.onWritten(null, why);
        }
    }

    /**
     * The producer, which has put an end to what an earlier one had left open.
     *
     * @param surely whether to try on though Kafka does not allow it: somebody must know what became of a commit
     */
    private Producer<byte[], byte[]> ensureProducer(boolean surely) {
        while (true) {
            Producer<byte[], byte[]> known = producer;
            if (known != null) {
                return known;
            }
            if (fenced && fence.isMeant()) {
                closed = true;
                throw new ProducerFencedException("another acts for this instance");
            }
            fenced = false;
            Producer<byte[], byte[]> next = factory.get();
            try {
                next.initTransactions();
                producer = next;
                failing = false;
                ready.complete(null);
                return next;
            } catch (KafkaException failure) {
                next.close(Duration.ZERO);
                if (closed || (failure instanceof AuthorizationException && !surely)) {
                    throw failure;
                }
                onFailed(failure);
            }
        }
    }

    private void onFailed(RuntimeException failure) {
        (failing ? LOG.atDebug() : LOG.atWarn())
                .addKeyValue("cause", failure.toString())
                .log("A transaction could not be written, trying on");
        failing = true;
        LockSupport.parkNanos(this, PAUSE_AFTER_ERROR.toNanos());
    }

    private void write(List<Item> items) {
        List<Item> left = items;
        int attempts = 0;
        while (!left.isEmpty()) {
            List<Item> before = left;
            left = attempt(before);
            if (closed && !left.isEmpty()) {
                left.forEach(item -> item.onWritten(null, new TimeoutException("the way into Kafka is closed")));
                return;
            }
            attempts = left.size() == before.size() ? attempts + 1 : 0;
            Exception failure = lastFailure;
            if (attempts >= ATTEMPTS_TOGETHER
                    && left.size() == 1
                    && failure != null
                    && !(failure instanceof RetriableException)
                    && !fenced) {
                // Alone, and again and again, for what will not pass: it is told.
                left.get(0).onWritten(null, failure);
                return;
            }
            if (attempts == ATTEMPTS_TOGETHER && left.size() > 1) {
                // Perhaps one of them fails them all in a way that does not show: each by itself.
                left.forEach(item -> write(List.of(item)));
                return;
            }
        }
    }

    /** Tries to write them all. Returns those whose outcome is not known yet. */
    private List<Item> attempt(List<Item> items) {
        Producer<byte[], byte[]> to;
        try {
            to = ensureProducer(false);
        } catch (KafkaException ended) {
            // Whether because it is over, or because another acts: nobody is told that it is written.
            items.forEach(item -> item.onWritten(null, ended));
            return List.of();
        }
        // All of them at once: whoever is not sent when it fails is innocent.
        List<SentItem> sent = items.stream().map(SentItem::new).toList();
        boolean isCommitting = false;
        long startNanos = System.nanoTime();
        Failpoint.Q2_1.hit();
        try {
            to.beginTransaction();
            for (SentItem one : sent) {
                for (ProducerRecord<byte[], byte[]> row : one.item().rows()) {
                    one.add(to.send(row));
                }
            }
            sendCompanions(to, sent);
            to.flush();
            boolean isSent = isSent(sent);
            if (isSent && sendBehind(to, sent)) {
                to.flush();
                isSent = isSent(sent);
            }
            if (isSent) {
                isCommitting = true;
                Failpoint.Q2_2.hit();
                commit(to);
                Failpoint.Q2_4.hit();
                meters.onCommitted(items.size(), System.nanoTime() - startNanos);
                sent.forEach(one -> one.item().onWritten(one.message(), null));
                return List.of();
            }
            to.abortTransaction();
            meters.onAborted();
            return innocents(sent);
        } catch (KafkaException failure) {
            return onFailed(items, sent, isCommitting, failure);
        }
    }

    /** A record that several share fails with each of them. */
    private static void sendCompanions(Producer<byte[], byte[]> to, List<SentItem> sent) {
        Map<Object, List<SentItem>> sharers = new LinkedHashMap<>();
        for (SentItem one : sent) {
            Companion companion = one.item().companion();
            if (companion != null) {
                sharers.computeIfAbsent(companion.sharer(), sharer -> new ArrayList<>())
                        .add(one);
            }
        }
        for (List<SentItem> sharing : sharers.values()) {
            List<Companion> together = new ArrayList<>(sharing.size());
            for (SentItem one : sharing) {
                together.add(Objects.requireNonNull(one.item().companion()));
            }
            for (ProducerRecord<byte[], byte[]> row : together.get(0).rows(together)) {
                Future<RecordMetadata> future = to.send(row);
                for (SentItem one : sharing) {
                    one.add(future);
                }
            }
        }
    }

    /** Sends what must know where the messages stand. Returns whether there was any. */
    private static boolean sendBehind(Producer<byte[], byte[]> to, List<SentItem> sent) {
        boolean isAny = false;
        for (SentItem one : sent) {
            RecordMetadata message = one.item().hasRowsBehind() ? one.message() : null;
            if (message != null) {
                for (ProducerRecord<byte[], byte[]> row : one.item().rowsBehind(message)) {
                    Failpoint.R_1B.hit();
                    one.add(to.send(row));
                    isAny = true;
                }
            }
        }
        return isAny;
    }

    /** A commit of which Kafka's client does not know whether it has arrived is repeated: that does no harm. */
    private void commit(Producer<byte[], byte[]> to) {
        while (true) {
            try {
                to.commitTransaction();
                return;
            } catch (TimeoutException unknown) {
                if (closed) {
                    throw unknown;
                }
                onFailed(unknown);
            }
        }
    }

    private List<Item> onFailed(List<Item> items, List<SentItem> sent, boolean isCommitting, KafkaException failure) {
        onFailed(failure);
        lastFailure = failure;
        boolean isFenced =
                failure instanceof ProducerFencedException || failure instanceof InvalidProducerEpochException;
        fenced |= isFenced;
        if (isFenced) {
            meters.onFenced();
        } else if (!isCommitting) {
            meters.onAborted();
        }
        if (failure instanceof AuthorizationException && !isCommitting) {
            // Of the transactional id itself: nobody's record is at fault, and none can be written.
            replaceProducer();
            items.forEach(item -> item.onWritten(null, failure));
            return List.of();
        }
        if (!isCommitting && !(failure instanceof ProducerFencedException) && abort()) {
            return innocents(sent);
        }
        // The next producer puts an end to what this one has begun: to an abort, or to the commit if that was under
        // way.
        replaceProducer();
        if (!isCommitting) {
            return items;
        }
        try {
            ensureProducer(true);
        } catch (KafkaException ended) {
            items.forEach(item -> item.onWritten(null, ended));
            return List.of();
        }
        List<Item> unwritten = new ArrayList<>();
        for (SentItem one : sent) {
            Item item = one.item();
            try {
                if (item.isWritten()) {
                    item.onWritten(one.message(), null);
                } else {
                    unwritten.add(item);
                }
            } catch (CompletionException closing) {
                item.onWritten(null, new TimeoutException("the log is closed, nobody can say whether it was written"));
            }
        }
        return unwritten;
    }

    private boolean abort() {
        Producer<byte[], byte[]> of = producer;
        try {
            if (of != null) {
                of.abortTransaction();
            }
            return of != null;
        } catch (KafkaException failure) {
            LOG.atDebug().addKeyValue("cause", failure.toString()).log("A transaction could not be aborted");
            return false;
        }
    }

    private void replaceProducer() {
        Producer<byte[], byte[]> ended = producer;
        producer = null;
        if (ended != null) {
            ended.close(Duration.ZERO);
        }
    }

    /** Tells those whose own records were refused, and returns the others. */
    private List<Item> innocents(List<SentItem> sent) {
        List<Item> innocents = new ArrayList<>();
        for (SentItem one : sent) {
            Exception failure = one.ownFailure();
            for (Throwable other : one.failures()) {
                lastFailure = other instanceof Exception known ? known : lastFailure;
            }
            if (failure == null) {
                innocents.add(one.item());
            } else {
                one.item().onWritten(null, failure);
            }
        }
        return innocents;
    }

    private static boolean isSent(List<SentItem> sent) {
        return sent.stream().allMatch(SentItem::isSent);
    }

    /** Ends the thread after the transaction that is under way; what waits then is refused. */
    @Override
    public void close() {
        closed = true;
    }

    /** Waits for the end, at most for the timeout; then what is under way is given up. */
    public void join(Duration timeout) {
        try {
            thread.join(timeout.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        Producer<byte[], byte[]> last = producer;
        if (thread.isAlive() && last != null) {
            last.close(Duration.ZERO);
        }
    }
}
