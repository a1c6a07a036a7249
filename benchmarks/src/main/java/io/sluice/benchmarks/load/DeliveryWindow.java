package io.sluice.benchmarks.load;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The closed loop of a fan-out: publishers may be only so many messages ahead of the slowest subscriber, or a run would
 * only measure how much a server throws away, or how it feeds those that fell behind. Safe for all threads (atomics).
 *
 * <p>Publishers that found it closed are woken when half of it is free, so that each wake-up sends a batch. A message
 * that is lost is passed over with the next one that arrives; when nothing arrives any more, {@link #onStallCheck}
 * writes off what is missing.
 */
final class DeliveryWindow {

    /** Lets everything pass: for runs without subscribers, or with a rate. */
    static final DeliveryWindow OPEN = new DeliveryWindow(0, 0);

    private final int subscribers;
    private final long messagesMax;
    private final AtomicLong published = new AtomicLong();
    /** Of each subscriber, how many messages it has got or passed over. */
    private final AtomicLongArray progress;
    /** Of each subscriber, how many were given up. */
    private final AtomicLongArray writtenOff;

    private final AtomicLong moves = new AtomicLong();
    private final AtomicBoolean starved = new AtomicBoolean();
    private volatile List<Runnable> wakeUps = List.of();
    /** Who was behind when somebody looked last: looked at first. */
    private volatile int lastBehind;

    private long movesAtLastCheck = -1;
    private long stalls;

    /**
     * @param subscribers that get every message, 0 for no limit
     * @param messagesMax messages of all publishers that the slowest of them may be behind
     */
    DeliveryWindow(int subscribers, long messagesMax) {
        this.subscribers = subscribers;
        this.messagesMax = messagesMax;
        this.progress = new AtomicLongArray(subscribers);
        this.writtenOff = new AtomicLongArray(subscribers);
    }

    /** Sets what is run when publishers may go on; each must move to its own loop. */
    void onOpened(List<Runnable> publishers) {
        wakeUps = List.copyOf(publishers);
    }

    /** How many messages may be published now. */
    int allowance() {
        if (subscribers == 0) {
            return Integer.MAX_VALUE;
        }
        int messages = messagesFree();
        if (messages == 0) {
            starved.set(true);
            // What arrived just before the flag was set has woken nobody.
            messages = messagesFree();
        }
        return messages;
    }

    void onPublished(int messages) {
        published.addAndGet(messages);
    }

    /**
     * A subscriber has got further.
     *
     * @param subscriber its number
     * @param messages all that it has got or passed over so far, of all publishers
     */
    void onProgress(int subscriber, long messages) {
        if (subscribers == 0) {
            return;
        }
        progress.set(subscriber, messages);
        moves.incrementAndGet();
        if (starved.get() && isHalfFree() && starved.compareAndSet(true, false)) {
            wakeUps.forEach(Runnable::run);
        }
    }

    /** To be called now and then, always on the same thread: gives up what seems to be lost. */
    void onStallCheck() {
        long now = moves.get();
        if (starved.get() && now == movesAtLastCheck) {
            stalls++;
            for (int i = 0; i < subscribers; i++) {
                writtenOff.addAndGet(i, behind(i));
            }
            starved.set(false);
            wakeUps.forEach(Runnable::run);
        }
        movesAtLastCheck = now;
    }

    /** How often it had to give up on deliveries. */
    long stalls() {
        return stalls;
    }

    private boolean isHalfFree() {
        if (behind(lastBehind) > messagesMax / 2) {
            return false;
        }
        for (int i = 0; i < subscribers; i++) {
            if (behind(i) > messagesMax / 2) {
                lastBehind = i;
                return false;
            }
        }
        return true;
    }

    private int messagesFree() {
        long most = 0;
        for (int i = 0; i < subscribers; i++) {
            most = Math.max(most, behind(i));
        }
        return (int) Math.min(Integer.MAX_VALUE, Math.max(0, messagesMax - most));
    }

    private long behind(int subscriber) {
        return Math.max(0, published.get() - progress.get(subscriber) - writtenOff.get(subscriber));
    }
}
