package io.sluice.kafka.ingress;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Bounds the bytes that are in flight to Kafka, process-wide and fairly. Safe for all threads without locks: the
 * bytes are atomic numbers, the waiting shares a queue that one thread at a time serves.
 *
 * <p>A share may hold as many bytes as are left free beside it: one alone has half of the gate, n have 1/(n+1) each, so
 * that there is always room for who comes next. While somebody waits for room nobody overtakes, and each is granted at
 * most one turn per round, so that a connection with much to send does not starve those with little.
 */
final class ProducerGate {

    /*
     * Who finds no room joins the queue and then serves it, as does everybody who gives bytes back. Serving is
     * guarded by a counter instead of a lock: who comes while another serves only counts up, and the one who serves
     * goes round again. So a release between "no room" and "joined the queue" is never missed.
     *
     * Who holds its whole share stays outside of the queue, where it would be in the way of the others, until bytes of
     * its own come back. It has some, or it would not be over its share; so it is never forgotten. It says that it
     * waits before it looks again, and who releases looks after the release: one of both sees the other.
     *
     * A grant larger than the limit is let through when nothing else is in flight; otherwise a message that is
     * larger than the gate would wait for ever.
     */

    /** So many turns fit into the gate at least: one turn must not fill it, and never exceed it. */
    static final int TURNS_MIN = 16;

    /** Who waits for room. */
    interface Waiter {

        /** The bytes that are wanted in the next turn, at most one quantum or one message. */
        long wantedBytes();

        /** The bytes are reserved. Any thread; must be quick. */
        void onGranted(long bytes);
    }

    private final long limitBytes;
    private final LongSupplier nanoClock;
    private final AtomicLong inflightBytes = new AtomicLong();
    private final Queue<Share> waiting = new ConcurrentLinkedQueue<>();
    /** Those in the queue, and those who wait for their own bytes. */
    private final AtomicInteger waiters = new AtomicInteger();

    private final AtomicInteger serving = new AtomicInteger();
    // Written only by the thread that serves.
    private volatile boolean closed;
    private volatile long closedSinceNanos;
    private final AtomicLong closedBeforeNanos = new AtomicLong();

    ProducerGate(long limitBytes, LongSupplier nanoClock) {
        this.limitBytes = limitBytes;
        this.nanoClock = nanoClock;
    }

    /** A share for one connection; costs nothing while it holds nothing. */
    Share open(Waiter waiter) {
        return new Share(waiter);
    }

    /** What one connection has in flight. It acquires and waits on one thread, and releases on any. */
    final class Share {

        private final Waiter waiter;
        private final AtomicLong heldBytes = new AtomicLong();
        private final AtomicBoolean waitsForOwn = new AtomicBoolean();

        private Share(Waiter waiter) {
            this.waiter = waiter;
        }

        /** Reserves the bytes, unless there is no room, the share is used up, or somebody else waits for room. */
        boolean tryAcquire(long bytes) {
            if (waiting.isEmpty() && fits(bytes) && reserve(bytes)) {
                heldBytes.addAndGet(bytes);
                return true;
            }
            return false;
        }

        private boolean fits(long bytes) {
            long held = heldBytes.get();
            long share = Math.max(limitBytes / TURNS_MIN, limitBytes - inflightBytes.get());
            return held == 0 || held + bytes <= share;
        }

        /** Waits for what the waiter wants, once, until it is granted. */
        void await() {
            waiters.incrementAndGet();
            waitsForOwn.set(true);
            joinIfOwnFits();
            serve();
        }

        private void joinIfOwnFits() {
            if (waitsForOwn.get() && fits(waiter.wantedBytes()) && waitsForOwn.compareAndSet(true, false)) {
                waiting.add(this);
            }
        }

        /** Gives back what was reserved. */
        void release(long bytes) {
            long held = heldBytes.addAndGet(-bytes);
            long after = inflightBytes.addAndGet(-bytes);
            assert held >= 0 && after >= 0
                    : "gate: " + held + " bytes in a share, " + after + " in all (expected: none or more)";
            joinIfOwnFits();
            if (!waiting.isEmpty()) {
                serve();
            }
        }

        private boolean grant() {
            long bytes = waiter.wantedBytes();
            if (!reserve(bytes)) {
                return false;
            }
            heldBytes.addAndGet(bytes);
            waiting.poll();
            waiters.decrementAndGet();
            waiter.onGranted(bytes);
            return true;
        }

        long heldBytes() {
            return heldBytes.get();
        }
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

    private void serve() {
        if (serving.getAndIncrement() != 0) {
            return;
        }
        int rounds = 1;
        do {
            Share share = waiting.peek();
            while (share != null && share.grant()) {
                share = waiting.peek();
            }
            updateClosed();
            rounds = serving.addAndGet(-rounds);
        } while (rounds != 0);
    }

    private void updateClosed() {
        boolean isClosedNow = waiters.get() != 0;
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

    /** How many shares wait, for room or for their own bytes. */
    int waiting() {
        return waiters.get();
    }

    /** Whether somebody waits. */
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
