package io.sluice.kafka.ingress;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Bounds the bytes that are in flight to Kafka, process-wide and fairly. Safe for all threads without locks: the
 * bytes are one atomic number, the waiting shares a queue that one thread at a time serves.
 *
 * <p>While a share waits the gate is closed: nobody overtakes. Each share is granted at most one quantum per round,
 * so that a connection with much to send does not starve those with little.
 */
final class ProducerGate {

    /*
     * Who finds no room joins the queue and then serves it, as does everybody who gives bytes back. Serving is
     * guarded by a counter instead of a lock: who comes while another serves only counts up, and the one who serves
     * goes round again. So a release between "no room" and "joined the queue" is never missed.
     *
     * A grant larger than the limit is let through when nothing else is in flight; otherwise a message that is
     * larger than the gate would wait for ever.
     */

    /** Who waits for room. */
    interface GateShare {

        /** The bytes that this share wants in its next turn, at most one quantum or one message. */
        long wantedBytes();

        /** The bytes are reserved. Any thread; must be quick. */
        void onGranted(long bytes);
    }

    private final long limitBytes;
    private final LongSupplier nanoClock;
    private final AtomicLong inflightBytes = new AtomicLong();
    private final Queue<GateShare> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger serving = new AtomicInteger();
    // Written only by the thread that serves.
    private volatile boolean closed;
    private volatile long closedSinceNanos;
    private final AtomicLong closedBeforeNanos = new AtomicLong();

    ProducerGate(long limitBytes, LongSupplier nanoClock) {
        this.limitBytes = limitBytes;
        this.nanoClock = nanoClock;
    }

    /** Reserves the bytes, unless there is no room or somebody else waits for it. */
    boolean tryAcquire(long bytes) {
        return waiting.isEmpty() && reserve(bytes);
    }

    private boolean reserve(long bytes) {
        while (true) {
            long before = inflightBytes.get();
            if (before != 0 && before + bytes > limitBytes) {
                return false;
            }
            if (inflightBytes.compareAndSet(before, before + bytes)) {
                return true;
            }
        }
    }

    /** Queues the share, once, until it is granted. */
    void await(GateShare share) {
        waiting.add(share);
        serve();
    }

    /** Gives back what was reserved. */
    void release(long bytes) {
        long after = inflightBytes.addAndGet(-bytes);
        assert after >= 0 : "gate: " + after + " bytes in flight (expected: none or more)";
        if (!waiting.isEmpty()) {
            serve();
        }
    }

    private void serve() {
        if (serving.getAndIncrement() != 0) {
            return;
        }
        int rounds = 1;
        do {
            grantWhileThereIsRoom();
            updateClosed();
            rounds = serving.addAndGet(-rounds);
        } while (rounds != 0);
    }

    private void grantWhileThereIsRoom() {
        GateShare share = waiting.peek();
        while (share != null) {
            long bytes = share.wantedBytes();
            if (!reserve(bytes)) {
                return;
            }
            waiting.poll();
            share.onGranted(bytes);
            share = waiting.peek();
        }
    }

    private void updateClosed() {
        boolean isClosedNow = !waiting.isEmpty();
        if (isClosedNow == closed) {
            return;
        }
        long now = nanoClock.getAsLong();
        if (isClosedNow) {
            closedSinceNanos = now;
        } else {
            closedBeforeNanos.addAndGet(now - closedSinceNanos);
        }
        closed = isClosedNow;
    }

    long inflightBytes() {
        return inflightBytes.get();
    }

    long limitBytes() {
        return limitBytes;
    }

    boolean isClosed() {
        return closed;
    }

    /** How long the gate has been closed in all, in seconds. */
    double closedSeconds() {
        long nanos = closedBeforeNanos.get();
        if (closed) {
            nanos += Math.max(0, nanoClock.getAsLong() - closedSinceNanos);
        }
        return nanos / 1e9;
    }
}
