package io.sluice.benchmarks.load;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The closed loop of a fan-out: publishers may be only so many deliveries ahead of the subscribers, or a QoS 0 run would
 * only measure how much a server throws away. Safe for all threads (atomic counters).
 *
 * <p>Publishers that found it closed are woken when half of it is free, so that each wake-up sends a batch. What is lost
 * never arrives; {@link #onStallCheck} writes it off when nothing has moved since the last check.
 */
final class DeliveryWindow {

    /** Lets everything pass: for runs without subscribers, or with a rate. */
    static final DeliveryWindow OPEN = new DeliveryWindow(0, 0);

    private final int subscribers;
    private final long deliveriesMax;
    private final AtomicLong outstanding = new AtomicLong();
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicBoolean starved = new AtomicBoolean();
    private volatile List<Runnable> wakeUps = List.of();
    private long deliveredAtLastCheck = -1;
    private long stalls;

    /**
     * @param subscribers deliveries per message, 0 for no limit
     * @param messagesMax messages of all publishers that may be under way
     */
    DeliveryWindow(int subscribers, long messagesMax) {
        this.subscribers = subscribers;
        this.deliveriesMax = messagesMax * subscribers;
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
            // What was delivered just before the flag was set has woken nobody.
            messages = messagesFree();
        }
        return messages;
    }

    void onPublished(int messages) {
        if (subscribers > 0) {
            outstanding.addAndGet((long) messages * subscribers);
        }
    }

    void onDelivered(int deliveries) {
        if (subscribers == 0) {
            return;
        }
        delivered.addAndGet(deliveries);
        long now = outstanding.addAndGet(-deliveries);
        if (now <= deliveriesMax / 2 && starved.compareAndSet(true, false)) {
            wakeUps.forEach(Runnable::run);
        }
    }

    /** To be called now and then, always on the same thread: gives up what seems to be lost. */
    void onStallCheck() {
        long now = delivered.get();
        if (starved.get() && now == deliveredAtLastCheck) {
            stalls++;
            outstanding.set(0);
            starved.set(false);
            wakeUps.forEach(Runnable::run);
        }
        deliveredAtLastCheck = now;
    }

    /** How often it had to give up on deliveries. */
    long stalls() {
        return stalls;
    }

    private int messagesFree() {
        long free = deliveriesMax - Math.max(0, outstanding.get());
        return (int) Math.min(Integer.MAX_VALUE, Math.max(0, free / subscribers));
    }
}
