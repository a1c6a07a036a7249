package io.sluice.mqtt.port;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The one construct in which threads meet: any thread posts, the loop drains in batches. Safe for all threads: a
 * lock-free queue and a counter; the loop is woken once when the counter leaves zero, however much follows.
 *
 * <p>The mailbox itself has no bound: whoever posts has one (the tail's credits, the producer gate).
 *
 * @param <T> what is posted
 */
public final class LoopMailbox<T> {

    /*
     * A loop that has something to do at once does it before it looks at its sockets and timers again, for up to a second
     * (Netty's quantum). So a mailbox that gets more and more must not go on by execute() for ever: after so many items
     * in a row the rest waits for its time, which is now, but after the sockets.
     */
    private static final int IN_A_ROW_MAX = 256;

    private final Loop loop;
    private final Consumer<? super T> onItem;
    private final Runnable afterBatch;
    private final Queue<T> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pending = new AtomicInteger();
    // On the loop.
    private int inARow;

    /**
     * @param loop where the items are handled
     * @param onItem handles one item, on the loop; must not throw
     * @param afterBatch runs on the loop when a batch has been handled: the place of the one flush
     */
    public LoopMailbox(Loop loop, Consumer<? super T> onItem, Runnable afterBatch) {
        this.loop = loop;
        this.onItem = onItem;
        this.afterBatch = afterBatch;
    }

    /** Posts the item. Any thread; items of one thread are handled in the order in which it posted them. */
    public void post(T item) {
        queue.add(item);
        if (pending.getAndIncrement() == 0) {
            loop.execute(this::drain);
        }
    }

    /** How many items wait to be handled. */
    public int size() {
        return pending.get();
    }

    private void drain() {
        int batch = Math.min(pending.get(), IN_A_ROW_MAX);
        int handled = 0;
        try {
            while (handled < batch) {
                T item = queue.poll();
                if (item == null) {
                    throw new IllegalStateException("mailbox: fewer items than were counted (expected: " + batch + ")");
                }
                handled++;
                onItem.accept(item);
            }
        } finally {
            // Also when an item fails, as without memory: or nobody would ever wake the loop for this mailbox again.
            afterItems(handled);
        }
    }

    private void afterItems(int handled) {
        int left = pending.addAndGet(-handled);
        try {
            afterBatch.run();
        } finally {
            inARow = left == 0 ? 0 : inARow + handled;
            if (left > 0) {
                // Not in a loop here: other work of the event loop comes in between.
                drainLater();
            }
        }
    }

    private void drainLater() {
        if (inARow < IN_A_ROW_MAX) {
            loop.execute(this::drain);
        } else {
            inARow = 0;
            loop.schedule(Duration.ZERO, this::drain);
        }
    }
}
